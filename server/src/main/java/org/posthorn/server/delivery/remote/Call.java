package org.posthorn.server.delivery.remote;

/** One address and how it is spoken to. A connection serves the same call again. */
record Call(Target target, Access access) {
}
