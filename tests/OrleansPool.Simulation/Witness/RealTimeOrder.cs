namespace OrleansPool.Simulation.Witness;

/// <summary>
/// Holds the order of streams and blocks against the clock: what was answered before something was asked does not come after it. One sweep over asking
/// and answering times, with the latest place among all that is answered.
/// </summary>
internal sealed class RealTimeOrder(Evidence evidence)
{
    /// <param name="isWanted">Which operations take part.</param>
    /// <param name="placeOf">An operation's place. Of two in one place neither is after the other.</param>
    /// <param name="groupOf">Only places of one group are compared.</param>
    /// <param name="order">What the places are in, for the explanation.</param>
    public void Check(Func<int, bool> isWanted, Func<int, int> placeOf, Func<int, (ulong Segment, int Block)> groupOf, string order)
    {
        int[] asked = evidence.Operations(
            isWanted,
            (left, right) => (groupOf(left), evidence.Operation(left).InvokedAt).CompareTo((groupOf(right), evidence.Operation(right).InvokedAt)));
        int[] answered = [.. asked];
        answered.AsSpan().Sort(
            (left, right) => (groupOf(left), evidence.Operation(left).CompletedAt).CompareTo((groupOf(right), evidence.Operation(right).CompletedAt)));
        int at = 0;
        for (int start = 0; start < asked.Length;)
        {
            (ulong Segment, int Block) group = groupOf(asked[start]);
            int end = start;
            while (end < asked.Length && groupOf(asked[end]) == group) end++;
            at = start;
            int latest = -1;
            for (; start < end; start++)
            {
                ref readonly WitnessedOperation later = ref evidence.Operation(asked[start]);
                for (; at < end && evidence.Operation(answered[at]).CompletedAt < later.InvokedAt; at++)
                {
                    if (latest < 0 || placeOf(answered[at]) > placeOf(latest)) latest = answered[at];
                }

                if (latest < 0 || placeOf(latest) <= placeOf(asked[start])) continue;
                evidence.Violate(
                    ViolationKind.OutOfOrder,
                    $"{later} comes in the order of {order} before {evidence.Operation(latest)}, which was answered before it was asked");
            }
        }
    }
}
