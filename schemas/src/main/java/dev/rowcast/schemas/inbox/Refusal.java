package dev.rowcast.schemas.inbox;

/// Why an event cannot be taken. The same event never can be.
///
/// @param reason what is wrong here, naming the field and the value
public record Refusal(Code code, String reason) {

    /// What kind. The names are API: they stand in the headers of dead letters.
    public enum Code {
        NO_TENANT("the record's key is no tenant"),
        WRONG_PARTITION("the tenant belongs to another partition"),
        UNREADABLE("no Avro, an unknown schema, or no value"),
        UNKNOWN_EVENT("a type that the catalog does not name under `events`"),
        BAD_CHANNEL("a channel that is none, or of a type that the event may not address"),
        BAD_EVENT("a field outside its bounds"),
        TOO_LARGE("more than Kafka takes");

        private final String meaning;

        Code(String meaning) {
            this.meaning = meaning;
        }

        /// One phrase that says what is wrong in general.
        public String meaning() {
            return meaning;
        }
    }
}
