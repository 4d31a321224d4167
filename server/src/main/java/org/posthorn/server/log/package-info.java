/** One log line per event, ids first: {@code mail=k3f9 conn=c17 event=deferred to=... code=451}. */
package org.posthorn.server.log;
