using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Leases;

/// <summary>Turns nodes' refusals of a lease into the error that its caller sees: which limit, whose, how much, and what to do.</summary>
internal static class LeaseRefusals
{
    public static PoolUnavailableException Unreachable(string pool, Exception? cause) => new(
        $"Nodes that may have room in pool '{pool}' do not answer. Check that silos with AddOrleansPool are running, and try again.",
        PoolErrors.RetryAfter, pool, innerException: cause);

    /// <summary>The error for all refusals together: the most hopeful of them decides.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="fallback">Where it might have come from.</param>
    /// <param name="refusals">What the nodes said.</param>
    /// <param name="failure">Why some node said nothing, if one did not.</param>
    public static Exception For(
        LeaseRequest request, LeaseFallback fallback, IReadOnlyList<(NodeId Node, LeaseReply Reply)> refusals, Exception? failure = null)
    {
        if (failure is not null && IsBeyond(request, refusals)) return Unreachable(request.Pool, failure);
        if (refusals.Count == 0)
        {
            return new PoolExhaustedException(
                $"Pool '{request.Pool}' gave nothing within {request.WaitUpTo.TotalMilliseconds:0} ms to a request for {request.Bytes} bytes, and the node in whose queue it stood did not say in time how much is free. Wait longer, or give the pool more memory.",
                request.Pool, request.Bytes, 0);
        }

        if (refusals.All(refusal => refusal.Reply.Status == OperationStatus.NoPool))
        {
            return new ArgumentException($"No node has a pool named '{request.Pool}'. Declare it with AddOrleansPool(o => o.Pool(\"{request.Pool}\", ...)).");
        }

        long max = refusals.Sum(refusal => refusal.Reply.BytesMax);
        if (request.Bytes > max)
        {
            return new PoolQuotaExceededException(
                $"Pool '{request.Pool}' can have at most {max} bytes where this request may go, and {request.Bytes} were asked for. Ask for less, or give the pool more.",
                request.Pool, request.Bytes, max);
        }

        if (refusals.FirstOrDefault(refusal => refusal.Reply.Status == OperationStatus.OutOfBounds).Reply is { } outside)
        {
            return OutOfBounds(request, outside);
        }

        (NodeId quotaNode, LeaseReply? quota) = refusals.FirstOrDefault(refusal => IsQuota(refusal.Reply.Limit));
        return quota is not null && !refusals.Any(refusal => refusal.Reply.Status == OperationStatus.Exhausted)
            ? Quota(request, quotaNode, quota, max)
            : Exhausted(request, fallback, refusals);
    }

    /// <summary>Whether the request is more than the nodes that answered may ever have. Those that did not answer may have it.</summary>
    public static bool IsBeyond(LeaseRequest request, IReadOnlyList<(NodeId Node, LeaseReply Reply)> refusals) =>
        refusals.All(refusal => refusal.Reply.Status == OperationStatus.QuotaExceeded && refusal.Reply.BytesMax < request.Bytes);

    private static bool IsQuota(PoolLimit limit) =>
        limit is PoolLimit.PoolBytes or PoolLimit.PoolLeases or PoolLimit.OwnerBytes or PoolLimit.OwnerLeases;

    private static PoolQuotaExceededException Quota(LeaseRequest request, NodeId node, LeaseReply reply, long max)
    {
        bool isOwners = reply.Limit is PoolLimit.OwnerBytes or PoolLimit.OwnerLeases;
        string unit = reply.Limit is PoolLimit.PoolBytes or PoolLimit.OwnerBytes ? "bytes" : "leases";
        string who = isOwners ? $"Owner '{request.Owner}' holds" : "All owners together hold";
        return new PoolQuotaExceededException(
            $"{who} {reply.LimitHeld} of at most {reply.LimitMax} {unit} of pool '{request.Pool}' on node {node} ({reply.Limit}), and {request.Bytes} bytes more were asked for. Free leases, or raise the pool's quota.",
            request.Pool, request.Bytes, max, reply.Limit, isOwners ? request.Owner : null, reply.LimitHeld, reply.LimitMax);
    }

    private static ArgumentOutOfRangeException OutOfBounds(LeaseRequest request, LeaseReply reply)
    {
        string rule = reply.Limit switch
        {
            PoolLimit.DurationMin => $"at least {TimeSpan.FromTicks(reply.LimitMax)}",
            PoolLimit.DurationMax => $"at most {TimeSpan.FromTicks(reply.LimitMax)}",
            _ => $"from {LeaseOptions.DurationMin} to {LeaseOptions.DurationMax}, with an owner of at most {LeaseOptions.OwnerLengthMax} characters",
        };
        return new ArgumentOutOfRangeException(
            nameof(request), request.Duration, $"A lease of pool '{request.Pool}' has a duration of {rule}.");
    }

    private static PoolExhaustedException Exhausted(
        LeaseRequest request, LeaseFallback fallback, IReadOnlyList<(NodeId Node, LeaseReply Reply)> refusals)
    {
        long free = refusals.Sum(refusal => refusal.Reply.BytesFree);
        (NodeId largest, LeaseReply largestReply) = refusals.MaxBy(refusal => refusal.Reply.BytesFree);
        int ahead = refusals[0].Reply.WaitersAhead;
        string waiting = ahead == 0 ? "" : $" {ahead} request(s) wait before this one.";
        string waited = request.WaitUpTo > TimeSpan.Zero ? $" It waited {request.WaitUpTo.TotalMilliseconds:0} ms." : "";
        string advice = (fallback, request.WaitUpTo > TimeSpan.Zero) switch
        {
            (LeaseFallback.LocalNodeOnly, _) => "Allow other nodes (LeaseFallback.OtherNodes), free leases, or give the pool more memory.",
            (_, true) => "Free leases, allow the spill file (LeaseOptions.Spill), or give the pool more memory.",
            _ => "Free leases, wait for some to run out (LeaseOptions.WaitUpTo), or give the pool more memory.",
        };
        return new PoolExhaustedException(
            $"Pool '{request.Pool}' has {free} bytes free on {refusals.Count} node(s), at most {largestReply.BytesFree} of them on one ({largest}), and {request.Bytes} were asked for.{waited}{waiting} {advice}",
            request.Pool, request.Bytes, free, largest.ToString(), largestReply.BytesFree, ahead);
    }
}
