package dev.rowcast.gateway.policy;

import dev.rowcast.gateway.limit.Verdict;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What the policies say to a request. It is counted by all of them, or by none.
///
/// @param told by each, in their order; what is left of one that allows is this node's guess where another is known to
///     refuse
/// @param degraded whether this node has judged by itself
/// @param denied a policy that lets nobody in while Redis does not answer; empty when it answers
public record Judgement(List<Told> told, boolean degraded, Optional<Policy> denied) {

    /// To whom no policy says anything.
    public static final Judgement NOTHING = new Judgement(List.of(), false, Optional.empty());

    /// What one policy says.
    ///
    /// @param name of the policy
    public record Told(String name, Verdict verdict) {}

    public boolean allowed() {
        return denied.isEmpty() && refusal().isEmpty();
    }

    /// The one of those that refuse for which the client waits longest.
    public Optional<Told> refusal() {
        return told.stream()
                .filter(each -> !each.verdict().allowed())
                .max(Comparator.comparing(each -> each.verdict().retryAfter()));
    }
}
