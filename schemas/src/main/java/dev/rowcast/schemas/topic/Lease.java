package dev.rowcast.schemas.topic;

import java.time.Duration;

/// How long gateway nodes are held to be alive. Both ends are bound by it: what a node asks for and how often the
/// topology looks make up together how soon a dead node has nothing any more.
public final class Lease {

    /// After its last sign of life nothing of a dead node is left within this.
    public static final Duration GONE_WITHIN = Duration.ofSeconds(10);

    /// How often the topology looks.
    public static final Duration CHECK = Duration.ofMillis(500);

    /// What a node asks for. The node goes at the first look after that, and what it had at the next one; and a look
    /// may be late.
    public static final Duration ASKED = GONE_WITHIN.minus(CHECK.multipliedBy(3));

    /// How often a node shows that it is alive. Two signs may be lost.
    public static final Duration RENEWAL = ASKED.dividedBy(3);

    private Lease() {}
}
