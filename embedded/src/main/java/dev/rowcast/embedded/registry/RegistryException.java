package dev.rowcast.embedded.registry;

import org.jspecify.annotations.Nullable;

/// A refusal, in the shape that clients of the API know: a status, a code and a sentence.
final class RegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final int status;
    final int code;

    RegistryException(int status, int code, String message) {
        this(status, code, message, null);
    }

    private RegistryException(int status, int code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
        this.code = code;
    }

    static RegistryException subjectNotFound(String subject) {
        return new RegistryException(404, 40401, "Subject '" + subject + "' not found.");
    }

    static RegistryException versionNotFound(int version) {
        return new RegistryException(404, 40402, "Version " + version + " not found.");
    }

    static RegistryException schemaNotFound() {
        return new RegistryException(404, 40403, "Schema not found");
    }

    static RegistryException schemaNotFound(int id) {
        return new RegistryException(404, 40403, "Schema " + id + " not found");
    }

    static RegistryException subjectSoftDeleted(String subject) {
        return new RegistryException(
                404, 40404, "Subject '" + subject + "' was soft deleted. Set permanent=true to delete permanently");
    }

    static RegistryException subjectNotSoftDeleted(String subject) {
        return new RegistryException(
                404, 40405, "Subject '" + subject + "' was not deleted first before being permanently deleted");
    }

    static RegistryException versionSoftDeleted(String subject, int version) {
        return new RegistryException(
                404,
                40406,
                "Subject '%s' Version %d was soft deleted. Set permanent=true to delete permanently"
                        .formatted(subject, version));
    }

    static RegistryException versionNotSoftDeleted(String subject, int version) {
        return new RegistryException(
                404,
                40407,
                "Subject '%s' Version %d was not deleted first before being permanently deleted"
                        .formatted(subject, version));
    }

    static RegistryException noSubjectLevel(String subject) {
        return new RegistryException(
                404, 40408, "Subject '" + subject + "' does not have subject-level compatibility configured");
    }

    static RegistryException noPath() {
        return new RegistryException(404, 404, "HTTP 404 Not Found");
    }

    static RegistryException noMethod() {
        return new RegistryException(405, 405, "HTTP 405 Method Not Allowed");
    }

    static RegistryException incompatible(String why) {
        return new RegistryException(
                409, 409, "Schema being registered is incompatible with an earlier schema: " + why);
    }

    static RegistryException tooLarge(int limit) {
        return new RegistryException(413, 413, "Request body is over the limit of " + limit + " bytes");
    }

    static RegistryException mediaType(String type) {
        return new RegistryException(415, 415, "HTTP 415 Unsupported Media Type: " + type);
    }

    static RegistryException notJson(String why) {
        return new RegistryException(400, 400, "Request body is not the JSON expected: " + why);
    }

    static RegistryException invalidSchema(String why) {
        return new RegistryException(422, 42201, "Invalid schema: " + why);
    }

    static RegistryException invalidVersion(String version) {
        return new RegistryException(
                422,
                42202,
                "The specified version '" + version
                        + "' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"");
    }

    static RegistryException invalidLevel(String level) {
        return new RegistryException(
                422,
                42203,
                "Invalid compatibility level '" + level + "'. Valid values are none, backward, forward, full,"
                        + " backward_transitive, forward_transitive, and full_transitive");
    }

    static RegistryException invalidMode(String mode) {
        return new RegistryException(
                422, 42204, "Mode '" + mode + "' is not supported: the embedded registry is always READWRITE");
    }

    static RegistryException invalidSubject(String subject) {
        return new RegistryException(422, 42208, "The specified subject '" + subject + "' is not a valid.");
    }

    static RegistryException full(int limit) {
        return new RegistryException(
                507, 50701, "The embedded registry holds its limit of " + limit + " schemas; delete some permanently");
    }

    static RegistryException store(Exception cause) {
        return new RegistryException(
                500, 50001, "Error in the backend data store: topic _schemas cannot be written: " + cause, cause);
    }

    static RegistryException busy() {
        return new RegistryException(503, 503, "Too many requests at a time; try again");
    }
}
