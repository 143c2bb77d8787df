package dev.rowcast.streams.audience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.GatewayCommand;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;

/// The gateway nodes that are there.
final class Gateways {

    private final Model model;
    private final BiConsumer<String, GatewayCommand> commands;
    private final Cursors cursors = new Cursors();
    private final Map<String, GatewayNode> nodes = new LinkedHashMap<>();
    private int incarnations;
    private long received;

    /// @param commands takes each command with its tenant
    Gateways(Model model, BiConsumer<String, GatewayCommand> commands) {
        this.model = model;
        this.commands = commands;
    }

    void start() {
        String name = "n" + ++incarnations;
        nodes.put(name, new GatewayNode(model, commands, cursors, name));
        attach(name);
    }

    GatewayNode any(Random random) {
        return Objects.requireNonNull(nodes.get(anyName(random)));
    }

    /// Where clients have been.
    Cursors cursors() {
        return cursors;
    }

    void attachAny(Random random) {
        attach(anyName(random));
    }

    /// All but one, perhaps.
    void attachMost(Random random) {
        String silent = random.nextInt(3) == 0 ? anyName(random) : "";
        nodes.keySet().stream().filter(name -> !name.equals(silent)).forEach(this::attach);
    }

    void attachAll() {
        nodes.keySet().forEach(this::attach);
    }

    /// Another one takes its place.
    void killAny(Random random) {
        String name = anyName(random);
        GatewayNode node = Objects.requireNonNull(nodes.remove(name));
        node.kill();
        received += node.received();
        if (random.nextBoolean()) {
            commands.accept("a", Samples.detach(name));
        }
        start();
    }

    /// A task told them something.
    void send(List<Delivery> deliveries) {
        deliveries.forEach(
                delivery -> Optional.ofNullable(nodes.get(delivery.getNode())).ifPresent(node -> node.send(delivery)));
    }

    void commit() {
        nodes.values().forEach(GatewayNode::commit);
    }

    void crash(Random random) {
        nodes.values().forEach(node -> node.crash(random));
    }

    void receive(Random random) {
        nodes.values().forEach(node -> node.receive(random));
    }

    boolean receiveAll() {
        boolean any = nodes.values().stream().anyMatch(GatewayNode::hasMail);
        nodes.values().forEach(GatewayNode::receiveAll);
        return any;
    }

    /// Everything was told and taken.
    void verifyWhole(long least) {
        for (GatewayNode node : nodes.values()) {
            node.verifyWhole();
            received += node.received();
        }
        assertThat(received).as("frames that were held against the model").isGreaterThan(least);
    }

    private void attach(String name) {
        commands.accept("a", Samples.attach(name, 0));
    }

    private String anyName(Random random) {
        List<String> names = List.copyOf(nodes.keySet());
        return names.get(random.nextInt(names.size()));
    }
}
