package dev.rowcast.gateway.read;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A row with the channels that it is in, as one text: a line of channels, then the row.
///
/// @param row as JSON; empty where there is none
record Found(List<String> channels, String row) {

    /// Absent rows are kept like others: the tag is evicted when one comes.
    static final Found NOTHING = new Found(List.of(), "");

    static Found of(Row row) {
        List<String> channels = new ArrayList<>();
        row.more().forEach(channel -> channel.ifPresent(channels::add));
        return new Found(channels, row.first());
    }

    String text() {
        return JsonMapper.shared().writeValueAsString(channels) + "\n" + row;
    }

    /// The reverse of [#text]. JSON that the database writes has no line breaks, and neither has ours.
    static Found parse(String text) {
        int end = text.indexOf('\n');
        List<String> channels = JsonMapper.shared()
                .readTree(text.substring(0, end))
                .valueStream()
                .map(JsonNode::asString)
                .toList();
        return new Found(channels, text.substring(end + 1));
    }
}
