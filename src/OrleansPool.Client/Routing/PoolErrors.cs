using System.Diagnostics.CodeAnalysis;
using OrleansPool.Grains;

namespace OrleansPool.Client.Routing;

/// <summary>Turns outcomes into the errors that users see: what happened, to what, and what to do.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PoolErrors
{
    /// <summary>When to try again after a node did not answer.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>The error for an operation on a lease that was not Ok.</summary>
    public static Exception For(OperationStatus status, string? pool, NodeId home, in LeaseKey key)
    {
        LeaseId lease = key.Id;
        return status switch
        {
            OperationStatus.Expired => new LeaseExpiredException(
                $"Lease {lease} of pool '{pool}' ran out. Lease anew, with a longer duration or a handle that stays open.", pool, lease),
            OperationStatus.Fenced => new LeaseFencedException(
                $"Lease {lease} of pool '{pool}' was freed, transferred or ran out, and this holder's generation {key.Generation} is old. Ask whoever has the lease now for a token, or lease anew.", pool, lease),
            OperationStatus.Denied => new PoolAccessDeniedException(
                $"The token of lease {lease} of pool '{pool}' is read-only. Use the owner's token to change, renew, transfer or free it.", pool, lease),
            OperationStatus.Forged => new PoolAccessDeniedException(
                $"Node {home} did not issue this token (lease {lease} of pool '{pool}'). Use the token as its issuer gave it.", pool, lease),
            OperationStatus.LockFenced => new LeaseFencedException(
                $"The write carries the fence of a lock that does not hold all of these bytes: somebody else was granted them since, or they were never under this lock (lease {lease} of pool '{pool}'). Lock them anew and read before writing.", pool, lease),
            OperationStatus.NoSegment => new LeaseFencedException(
                $"The segment of lease {lease} of pool '{pool}' was given back to node {home}: the lease ended. Lease anew.", pool, lease),
            OperationStatus.Indeterminate => new PoolIndeterminateException(
                $"Whether the operation on lease {lease} of pool '{pool}' took effect cannot be known: its session ended. Read the bytes to find out.", pool, lease),
            OperationStatus.Lost => Lost(pool, home, lease),

            // A silo's address includes its generation, and membership takes no address twice: another incarnation there never was.
            OperationStatus.WrongIncarnation => Unknown(home),
            OperationStatus.Busy or OperationStatus.TooManyOutstanding => new PoolUnavailableException(
                $"Node {home} has more work than it can queue. Try again, with fewer operations at once.", RetryAfter, pool, lease),
            OperationStatus.OutOfBounds => new ArgumentOutOfRangeException(
                nameof(key), $"The operation does not lie inside lease {lease} of pool '{pool}', or is not aligned."),
            _ => new PoolException($"The operation on lease {lease} of pool '{pool}' ended as {status}.", pool, lease),
        };
    }

    /// <summary>The error for memory whose node is gone.</summary>
    public static PoolDataLossException Lost(string? pool, NodeId home, LeaseId lease = default) => new(
        $"The memory is lost: node {home} (incarnation {home.Incarnation}), which held it, is dead, or had to stop serving it. Lease anew and restore the contents from their source.", pool, lease);

    /// <summary>The error for a node that nobody has ever met.</summary>
    public static PoolAccessDeniedException Unknown(NodeId home) => new(
        $"No node {home} with incarnation {home.Incarnation} has ever been part of this cluster: the token is from elsewhere, or damaged.");

    /// <summary>The error for a region that is not there, or not any more.</summary>
    public static RegionNotFoundException NoRegion(string name) => new(
        $"There is no region named '{name}', or it was deleted since this handle was opened. Open it again; give OpenRegionAsync a createBytes above zero to make it.");

    /// <summary>The error for a node that does not answer.</summary>
    public static PoolUnavailableException Unavailable(NodeId home, Exception? cause = null) => new(
        $"Node {home} does not answer, and membership has not declared it dead. Try again in {RetryAfter.TotalSeconds:0.#} s.", RetryAfter, innerException: cause);

    /// <summary>The error for a change that was sent and never answered.</summary>
    public static PoolIndeterminateException Unanswered(in BlockWrite write, Exception cause) => new(
        $"Request {write.Request} on lease {write.Key.Id} was sent and not answered, and its node does not answer now: whether it took effect is not known. Read the bytes once the node answers; do not repeat an addition blindly.",
        lease: write.Key.Id, request: write.Request.ToString(), innerException: cause);

    /// <summary>The error for a transfer that was sent and never answered.</summary>
    public static PoolIndeterminateException Unanswered(in LeaseExtent extent, Exception cause) => new(
        $"The transfer of lease {extent.Key.Id} was sent and not answered, and node {extent.Home} does not answer now: whether its generation was raised is not known. If it was, nobody holds the lease, and it runs out.",
        lease: extent.Key.Id, innerException: cause);

    /// <summary>The error for a region's change that was sent and never answered.</summary>
    public static PoolIndeterminateException Unanswered(string region, Exception cause) => new(
        $"The change of region '{region}' was sent and not answered: whether it took effect is not known. Open the region again to see.",
        innerException: cause);

    /// <summary>The error for a question that nobody answered.</summary>
    public static PoolUnavailableException Silent(Exception cause) => new(
        $"No silo answers, or storage behind it does not. Check that the cluster runs, and try again in {RetryAfter.TotalSeconds:0.#} s.",
        RetryAfter, innerException: cause);

    /// <summary>Throws unless the outcome is Ok.</summary>
    public static void ThrowIfNotOk(OperationStatus status, string? pool, NodeId home, in LeaseKey key)
    {
        if (status != OperationStatus.Ok) Throw(status, pool, home, key);
    }

    /// <summary>
    /// Throws where a repeated write met a session that is gone: an earlier attempt may have been carried out. On a first attempt
    /// it was not, and the caller may open another session.
    /// </summary>
    public static void ThrowIfForgotten(BlockWriteReply[] replies, BlockWrite[] writes, int attemptsBefore)
    {
        if (attemptsBefore == 0) return;
        for (int i = 0; i < replies.Length; i++)
        {
            if (replies[i].Status != OperationStatus.Indeterminate) continue;
            throw new PoolIndeterminateException(
                $"Whether request {writes[i].Request} on lease {writes[i].Key.Id} took effect cannot be known: its answer was lost and its session ended. Read the bytes to find out.",
                lease: writes[i].Key.Id, request: writes[i].Request.ToString());
        }
    }

    [DoesNotReturn]
    private static void Throw(OperationStatus status, string? pool, NodeId home, in LeaseKey key) => throw For(status, pool, home, key);
}
