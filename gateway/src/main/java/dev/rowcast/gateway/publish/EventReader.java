package dev.rowcast.gateway.publish;

import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.inbox.EventRules;
import dev.rowcast.schemas.inbox.Refusal;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// A request's body to events: one, or a batch, of which all are taken or none. Strict: a member that nobody reads, or
/// that comes twice, is a mistake of the publisher, who is told.
///
/// Safe for use by several threads.
final class EventReader {

    /// That of metadata, inside its event, inside its batch.
    private static final int MOST_LEVELS = 32 + 4;

    private static final String EVENTS = "events";
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MOST_LEVELS).build())
            .build();

    private final EventRules rules;
    private final int mostEvents;

    /// @param mostEvents of one batch
    EventReader(EventRules rules, int mostEvents) {
        this.rules = rules;
        this.mostEvents = mostEvents;
    }

    /// @param body in UTF-8
    /// @param nowUs when it came
    /// @param ids for the events that bring none, by their place
    /// @return at least one
    List<PublishedEvent> read(byte[] body, long nowUs, IntFunction<String> ids) throws BadBodyException {
        Reading reading = new Reading(text(body), nowUs, ids);
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), reading.text)) {
            reading.all(json);
        } catch (JacksonException | NumberFormatException e) {
            throw new BadBodyException(ErrorCode.NOT_JSON, "The body is no JSON as it must be: " + told(e));
        }
        return reading.taken();
    }

    private static String text(byte[] body) throws BadBodyException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadBodyException(ErrorCode.NOT_JSON, "The body is not UTF-8.");
        }
    }

    private static String told(RuntimeException e) {
        return e instanceof JacksonException jackson && jackson.getLocation() != null
                ? "%s at line %d, column %d."
                        .formatted(
                                jackson.getOriginalMessage(),
                                jackson.getLocation().getLineNr(),
                                jackson.getLocation().getColumnNr())
                : "a number is out of any range.";
    }

    /// One body on its way.
    private final class Reading {

        private final String text;
        private final long nowUs;
        private final IntFunction<String> ids;
        private final List<PublishedEvent> events = new ArrayList<>();
        private final List<Fault> faults = new ArrayList<>();
        private final Map<String, Integer> known = new HashMap<>();
        private int count;

        Reading(String text, long nowUs, IntFunction<String> ids) {
            this.text = text;
            this.nowUs = nowUs;
            this.ids = ids;
        }

        void all(JsonParser json) throws BadBodyException {
            switch (json.nextToken()) {
                case START_ARRAY -> batch(json);
                case START_OBJECT -> {
                    if (json.nextToken() == JsonToken.PROPERTY_NAME
                            && json.currentName().equals(EVENTS)) {
                        wrapped(json);
                    } else {
                        event(json);
                    }
                }
                case null, default -> throw bad("The body must be an event, {\"events\": [...]} or a list of events.");
            }
            if (json.nextToken() != null) {
                throw new BadBodyException(ErrorCode.NOT_JSON, "There is something after the body's JSON value.");
            }
        }

        private void wrapped(JsonParser json) throws BadBodyException {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw bad("events must be a list of events.");
            }
            batch(json);
            if (json.nextToken() != JsonToken.END_OBJECT) {
                throw bad("There is a member beside events; a batch is {\"events\": [...]} and nothing else.");
            }
        }

        private void batch(JsonParser json) throws BadBodyException {
            for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
                if (count == mostEvents) {
                    throw new BadBodyException(
                            ErrorCode.TOO_LONG,
                            "The batch has more than %d events; send several requests.".formatted(mostEvents));
                }
                if (token == JsonToken.START_OBJECT) {
                    json.nextToken();
                    event(json);
                } else {
                    json.skipChildren();
                    fault("INVALID_MESSAGE", "an event is a JSON object such as {\"type\": ..., \"channels\": [...]}");
                    count++;
                }
            }
            if (count == 0) {
                throw bad("The batch is empty; send at least one event.");
            }
        }

        /// @param json at the first member, or at the end of the object
        private void event(JsonParser json) {
            EventDraft draft = new EventDraft(text);
            while (json.currentToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                json.nextToken();
                draft.member(name, json);
                json.nextToken();
            }
            draft.event(ids.apply(count), nowUs)
                    .ifPresentOrElse(this::judge, () -> fault("INVALID_MESSAGE", draft.mistake()));
            count++;
        }

        private void judge(PublishedEvent event) {
            Optional<Refusal> refusal = rules.refuse(event);
            Integer twin = known.putIfAbsent(event.getId(), count);
            if (refusal.isPresent()) {
                fault(refusal.get().code().name(), refusal.get().reason());
            } else if (twin != null) {
                fault(
                        Refusal.Code.BAD_EVENT.name(),
                        "id is that of event %d too; each event of a batch needs its own".formatted(twin));
            } else {
                events.add(event);
            }
        }

        private void fault(String code, String reason) {
            faults.add(new Fault(count, code, reason));
        }

        List<PublishedEvent> taken() throws BadBodyException {
            if (!faults.isEmpty()) {
                throw new BadBodyException(
                        ErrorCode.INVALID_MESSAGE,
                        "%d of %d events cannot be taken, so none was: event %d, %s."
                                .formatted(
                                        faults.size(),
                                        count,
                                        faults.getFirst().index(),
                                        faults.getFirst().reason()),
                        faults);
            }
            return events;
        }

        private static BadBodyException bad(String reason) {
            return new BadBodyException(ErrorCode.INVALID_MESSAGE, reason);
        }
    }
}
