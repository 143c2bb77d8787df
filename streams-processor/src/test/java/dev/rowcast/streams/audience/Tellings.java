package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Reset;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What deliveries say, in words.
final class Tellings {

    private Tellings() {}

    /// Such as `vault:1 DELETE annotation:7`, and `RESET TRUNCATED vault:1`.
    static List<String> of(List<Delivery> deliveries) {
        List<String> told = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            switch (delivery.getBody()) {
                case Frames frames -> frames.getFrames().forEach(frame -> told.addAll(of(frame)));
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

    private static List<String> of(Frame frame) {
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
