package dev.rowcast.gateway.read;

import java.sql.SQLTransientException;

/// All connections were in use for as long as this read could wait for one.
final class DatabaseBusyException extends SQLTransientException {

    private static final long serialVersionUID = 1L;

    DatabaseBusyException(Throwable cause) {
        super("all connections of the read API are in use", cause);
    }
}
