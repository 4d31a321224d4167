/**
 * What our matchers and mailets need from the server: the few interfaces that it implements for them.
 *
 * <p>Mailets of others may use them too: have them injected. Read {@link org.posthorn.mailets.port.Disposition} first.
 */
package org.posthorn.mailets.port;
