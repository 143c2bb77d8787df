package dev.rowcast.streams.audience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Reset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What deliveries say, in words.
final class Tellings {

    private static final Pattern ACTION = Pattern.compile("\"action\":\"(\\w+)\"");
    private static final Pattern STAMP = Pattern.compile("\\w+#\\d+");

    private Tellings() {}

    /// Such as `vault:1 DELETE annotation:7`, and `RESET TRUNCATED vault:1`.
    static List<String> of(List<Delivery> deliveries) {
        List<String> told = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            switch (delivery.getBody()) {
                case Frames frames -> frames.getFrames().forEach(frame -> told.addAll(toldBy(frame)));
                case Reset reset ->
                    reset.getTargets().stream()
                            .map(target -> "RESET " + reset.getReason() + " " + target.getName())
                            .sorted()
                            .forEach(told::add);
                default -> {}
            }
        }
        return told;
    }

    /// Such as `source:3 UPDATE a#7 a#12`, with the stamps of the images that it shows.
    static String of(Frame frame) {
        String shown = STAMP.matcher(String.valueOf(frame.getRows()))
                .results()
                .map(MatchResult::group)
                .sorted(Comparator.comparingLong(Tellings::number))
                .map(stamp -> " " + stamp)
                .collect(Collectors.joining());
        Matcher action = ACTION.matcher(frame.getKeys());
        String entity = frame.getEntity() == null ? "" : frame.getEntity();
        return entity + " " + (action.find() ? action.group(1) : "CREATE") + shown;
    }

    private static long number(String stamp) {
        return Long.parseLong(stamp.substring(stamp.indexOf('#') + 1));
    }

    /// Nothing in it is of another tenant.
    static void requireOnly(String tenant, Frame frame) {
        assertThat(STAMP.matcher(frame.getKeys() + frame.getRows()).results().map(MatchResult::group))
                .as("stamps in what %s is told", tenant)
                .allMatch(stamp -> stamp.startsWith(tenant + '#'));
    }

    private static List<String> toldBy(Frame frame) {
        JsonNode keys = JsonMapper.shared().readTree(frame.getKeys());
        String action =
                keys.path("payload").path("changes").path(0).path("action").asString(null);
        if (action == null) {
            action = keys.findValue("action").asString();
        }
        String what = action + " " + frame.getEntity();
        List<String> told = new ArrayList<>();
        frame.getChannels().forEach(channel -> told.add(channel + " " + what));
        frame.getPrincipals().forEach(principal -> told.add(principal.getId() + " " + what));
        return told;
    }
}
