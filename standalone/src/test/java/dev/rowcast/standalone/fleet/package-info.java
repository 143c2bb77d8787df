/// Thousands of clients at gateways that are processes of their own: what holds for each of them whatever happens.
@NullMarked
package dev.rowcast.standalone.fleet;

import org.jspecify.annotations.NullMarked;
