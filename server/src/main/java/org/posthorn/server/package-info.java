/** The server. One package is one station on the path of a message: see docs/path-of-a-message.md. */
package org.posthorn.server;
