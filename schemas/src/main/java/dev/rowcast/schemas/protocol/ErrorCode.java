package dev.rowcast.schemas.protocol;

import java.util.Optional;
import java.util.OptionalInt;

/// Every error that a user of the product can see: at a browser, over HTTP, at the command line, in health checks.
///
/// Codes are API: one may be added, none changes its meaning. `docs/reference/errors.md` lists them, and a test holds
/// the two together. What is wrong inside a catalog file has codes of its own, which start with `CATALOG_`.
public enum ErrorCode {
    NOT_JSON(
            Fault.CLIENT,
            Retry.NO,
            400,
            "The message is not one JSON text in UTF-8.",
            "Send one JSON object a message."),
    INVALID_MESSAGE(
            Fault.CLIENT,
            Retry.NO,
            400,
            "A member or parameter is missing, of the wrong type, or not allowed.",
            "Correct the member that the message names."),
    UNKNOWN_TYPE(
            Fault.CLIENT,
            Retry.NO,
            400,
            "There is no message of this type.",
            "Use a type that the protocol page lists; look at the version of the client."),
    TOO_LONG(
            Fault.CLIENT,
            Retry.NO,
            413,
            "A message, or a text in it, is longer than the limit.",
            "Send several shorter messages."),
    TOO_MANY_IDS(
            Fault.CLIENT,
            Retry.NO,
            400,
            "One message names too many entities and channels.",
            "Split it, or subscribe to the channel that holds the entities."),
    TOO_MANY_SUBSCRIPTIONS(
            Fault.CLIENT,
            Retry.NO,
            400,
            "The connection has as many subscriptions as it may.",
            "Unsubscribe what is not shown, or subscribe to the channel that holds the entities."),
    INVALID_FILTER(
            Fault.CLIENT,
            Retry.NO,
            400,
            "The filter cannot be read, or asks for columns that the channel does not deliver.",
            "Correct the part that the message names."),
    NOT_FOUND(
            Fault.CLIENT,
            Retry.NO,
            404,
            "The target does not exist, or you may not see it; which of the two is not told.",
            "Look at the name, and at the memberships of the user."),
    BROADCAST_OFF(
            Fault.CLIENT,
            Retry.NO,
            403,
            "Clients may not broadcast in channels of this type.",
            "Set broadcast: true for the channel type in the catalog, or publish over HTTP."),
    KEY_REUSED(
            Fault.CLIENT,
            Retry.NO,
            422,
            "The idempotency key was used for another body before.",
            "Use a new key for a new request, and the old one only to send the same again."),
    AUTH_FAILED(
            Fault.CLIENT,
            Retry.NO,
            401,
            CloseCode.AUTH_FAILED,
            "The key or token is missing, unknown, badly signed, or of another subject than before.",
            "Send a valid key, or a token for this installation."),
    TOKEN_EXPIRED(
            Fault.CLIENT,
            Retry.NO,
            401,
            CloseCode.TOKEN_EXPIRED,
            "The token has expired.",
            "Get a new token and connect again; before expiry, send TOKEN_REFRESH."),
    CREDENTIAL_REVOKED(
            Fault.CLIENT,
            Retry.NO,
            401,
            CloseCode.CREDENTIAL_REVOKED,
            "The key or token was revoked.",
            "Use the key that replaced it."),
    SCOPE_MISSING(
            Fault.CLIENT,
            Retry.NO,
            403,
            "The key is valid, but not for this action.",
            "Use a key with the scope that the message names; publishing needs a secret key."),
    SECRET_KEY_IN_ADDRESS(
            Fault.CLIENT,
            Retry.NO,
            403,
            CloseCode.AUTH_FAILED,
            "A secret key was sent in an address, where logs and histories keep it.",
            "Send it in a header, and put another one in its place."),
    ORIGIN_REFUSED(
            Fault.CLIENT,
            Retry.NO,
            403,
            "The page's origin may not use this gateway.",
            "Add it to ROWCAST_ORIGINS; behind a proxy that ends TLS, set ROWCAST_TRUSTED_PROXIES."),
    UNSUPPORTED_MEDIA(
            Fault.CLIENT,
            Retry.NO,
            415,
            "The body is compressed, or not of the type that the endpoint takes.",
            "Send it as it is, with the Content-Type that the documentation names."),
    RATE_LIMITED(
            Fault.CLIENT,
            Retry.YES,
            429,
            CloseCode.RATE_LIMITED,
            "Too many requests or messages in the time.",
            "Wait as long as the answer says."),
    LIMIT_UNKNOWN(
            Fault.DEPENDENCY,
            Retry.YES,
            503,
            "What was used of a limit cannot be told now, and the limit lets nobody in then.",
            "Try again; an operator looks at Redis, or sets onBackendFailure: allow."),
    TOO_MANY_CONNECTIONS(
            Fault.CLIENT,
            Retry.YES,
            429,
            "The address, user or tenant has as many connections as it may.",
            "Share one connection between tabs; close what is not used."),
    SLOW_CONSUMER(
            Fault.CLIENT,
            Retry.YES,
            503,
            CloseCode.SLOW_CONSUMER,
            "The client reads more slowly than its changes come, and its buffer is full.",
            "Reconnect with the last cursor; subscribe to less, or use mode keys."),
    QUEUE_FULL(
            Fault.SERVER,
            Retry.YES,
            503,
            "Too many published events wait to be ordered.",
            "Wait as long as the answer says; if it stays so, look at the lag and the age of the inbox."),
    OVERLOADED(
            Fault.SERVER,
            Retry.YES,
            503,
            CloseCode.OVERLOADED,
            "The gateway has no room at present.",
            "Wait as long as the answer says; an operator adds gateways."),
    DRAINING(
            Fault.SERVER,
            Retry.YES,
            503,
            CloseCode.DRAINING,
            "The gateway is being stopped or updated.",
            "Reconnect with the last cursor; another gateway takes over."),
    NOT_READY(
            Fault.SERVER,
            Retry.YES,
            503,
            "The gateway has started but does not yet follow the log.",
            "Try again; if it stays so, look at the readiness check."),
    READS_UNAVAILABLE(
            Fault.DEPENDENCY,
            Retry.YES,
            503,
            "Rows cannot be read now, because the database does not answer.",
            "Wait as long as the answer says; streams go on. An operator looks at postgres in the gateway's health."),
    ISSUER_UNREACHABLE(
            Fault.DEPENDENCY,
            Retry.YES,
            503,
            CloseCode.INTERNAL,
            "The keys that verify tokens could not be fetched from their issuer.",
            "Try again; an operator looks at the address in ROWCAST_JWT_JWKS."),
    WAIT_TIMEOUT(
            Fault.SERVER,
            Retry.YES,
            504,
            "What was waited for was not delivered in time.",
            "Wait again, or read from the database; look at the lag in PROGRESS."),
    INTERNAL(
            Fault.SERVER,
            Retry.YES,
            500,
            CloseCode.INTERNAL,
            "The service failed in a way it does not know.",
            "Try again; send the operator the time and the connection id."),

    ROW_SECURITY_OFF(
            Fault.OPERATOR,
            Retry.NO,
            500,
            "The catalog wants the rows under row level security, and in the database it is not in force for the gateway.",
            "Enable it on the table, and give the gateway a role that policies hold for; its log names both."),
    TABLE_MISSING(
            Fault.OPERATOR,
            "The catalog names a table that the database does not have.",
            "Create the table, or correct its name in the catalog."),
    COLUMN_MISSING(
            Fault.OPERATOR,
            "The catalog names a column that the table does not have.",
            "Add the column, or correct its name in the catalog."),
    REPLICA_IDENTITY(
            Fault.OPERATOR,
            "The old row image lacks columns that decide who may see a change.",
            "Run the ALTER TABLE that the message prints."),
    WAL_LEVEL(
            Fault.OPERATOR,
            "The database does not write what logical replication needs.",
            "Set wal_level = logical and restart the database."),
    DATABASE_LOGIN(
            Fault.OPERATOR,
            "The database refused the user or the password.",
            "Correct DATABASE_URL, or the role's password."),
    DATABASE_UNREACHABLE(
            Fault.OPERATOR, "The database does not answer.", "Start it, or correct host and port in DATABASE_URL."),
    BROKER_UNREACHABLE(Fault.OPERATOR, "No Kafka broker answers.", "Start it, or correct KAFKA_BOOTSTRAP_SERVERS."),
    REGISTRY_UNREACHABLE(
            Fault.OPERATOR, "The schema registry does not answer.", "Start it, or correct SCHEMA_REGISTRY_URL."),
    PUBLICATION_DRIFT(
            Fault.OPERATOR,
            "The publication does not hold the tables of the catalog.",
            "Run the ALTER PUBLICATION that the message prints."),
    SLOT_LOST(
            Fault.OPERATOR,
            "The replication slot is gone or was made anew, so changes may be missing.",
            "Take a new snapshot; clients get RESET."),
    PORT_TAKEN(
            Fault.OPERATOR,
            "Another process listens on the port.",
            "Stop it, or choose another port with the option that the message names.");

    /// Who can mend it.
    public enum Fault {
        /// Whoever sent the request.
        CLIENT,
        /// The service itself, mostly by being waited for.
        SERVER,
        /// A server that the service needs, such as the database: whoever runs that.
        DEPENDENCY,
        /// Whoever set the service up.
        OPERATOR
    }

    /// Named so that the table above reads without counting booleans.
    private enum Retry {
        YES,
        NO
    }

    private final Fault fault;
    private final boolean retryable;
    private final OptionalInt httpStatus;
    private final Optional<CloseCode> closeCode;
    private final String meaning;
    private final String remedy;

    ErrorCode(Fault fault, Retry retry, int httpStatus, String meaning, String remedy) {
        this(fault, retry, OptionalInt.of(httpStatus), Optional.empty(), meaning, remedy);
    }

    ErrorCode(Fault fault, Retry retry, int httpStatus, CloseCode closeCode, String meaning, String remedy) {
        this(fault, retry, OptionalInt.of(httpStatus), Optional.of(closeCode), meaning, remedy);
    }

    ErrorCode(Fault fault, String meaning, String remedy) {
        this(fault, Retry.NO, OptionalInt.empty(), Optional.empty(), meaning, remedy);
    }

    ErrorCode(
            Fault fault,
            Retry retry,
            OptionalInt httpStatus,
            Optional<CloseCode> closeCode,
            String meaning,
            String remedy) {
        this.fault = fault;
        this.retryable = retry == Retry.YES;
        this.httpStatus = httpStatus;
        this.closeCode = closeCode;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    public Fault fault() {
        return fault;
    }

    /// Whether the same request can succeed later.
    public boolean retryable() {
        return retryable;
    }

    /// The status of an HTTP answer; empty for what only stops a start.
    public OptionalInt httpStatus() {
        return httpStatus;
    }

    /// The close code where this error ends a connection; empty when it never does.
    public Optional<CloseCode> closeCode() {
        return closeCode;
    }

    /// One sentence: what is the case.
    public String meaning() {
        return meaning;
    }

    /// One sentence: what to do.
    public String remedy() {
        return remedy;
    }
}
