using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Leases;

/// <summary>
/// Waits in one node's queue for one request. A long wait is several calls, which keep the request's place by its ticket; the
/// caller's own clock keeps the deadline, whether or not the node answers.
/// </summary>
/// <remarks>
/// An answer that comes too late for its caller, whose deadline passed or who cancelled, is not lost: what it brought is given
/// back as soon as it arrives.
/// </remarks>
internal sealed class LeaseWait(ISegmentPath path, TimeProvider time, Func<IReadOnlyList<LeaseExtent>, ValueTask> giveBack)
{
    /// <summary>How much later than the deadline the node's answer may come, so that it rather than the caller's alarm ends the wait.</summary>
    private static readonly TimeSpan AnswerMargin = TimeSpan.FromMilliseconds(4);

    /// <summary>Waits.</summary>
    /// <param name="node">Where.</param>
    /// <param name="request">What for.</param>
    /// <param name="startedAt">From when on the wait counts, as a timestamp.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The node's answer; null if the deadline passed without one.</returns>
    public async ValueTask<LeaseReply?> RunAsync(NodeId node, LeaseRequest request, long startedAt, CancellationToken cancellationToken)
    {
        var ticket = Guid.NewGuid();
        while (true)
        {
            TimeSpan left = request.WaitUpTo - time.GetElapsedTime(startedAt);
            if (left <= TimeSpan.Zero) return null;
            Task<LeaseReply[]> call = path.LeaseAsync(
                node, [request with { WaitUpTo = left, Spill = LeaseSpill.Never, Ticket = ticket }], CancellationToken.None).AsTask();
            LeaseReply reply;
            try
            {
                reply = (await call.WaitAsync(left + AnswerMargin, time, cancellationToken))[0];
            }
            catch (Exception e) when (!call.IsCompleted && (e is TimeoutException or OperationCanceledException))
            {
                Abandon(node, request.Pool, ticket, call);
                if (e is OperationCanceledException) throw;
                return null;
            }

            if (reply.Status == OperationStatus.Waiting) continue;
            if (reply.Status != OperationStatus.Ok || time.GetElapsedTime(startedAt) <= request.WaitUpTo) return reply;
            await GiveBackAsync(reply);
            return null;
        }
    }

    /// <summary>Leaves the queue without waiting for it.</summary>
    private void Abandon(NodeId node, string pool, Guid ticket, Task<LeaseReply[]> call)
    {
        _ = path.LeaveAsync(node, pool, [ticket]).AsTask();
        _ = GiveBackLateAsync(call);
    }

    private async Task GiveBackLateAsync(Task<LeaseReply[]> call)
    {
        try
        {
            await GiveBackAsync((await call)[0]);
        }
        catch (Exception e) when (e is PoolException or OrleansException or TimeoutException or OperationCanceledException)
        {
            // No answer, so nothing to give back that anybody knows of; what was granted runs out by itself.
        }
    }

    private ValueTask GiveBackAsync(LeaseReply reply) => giveBack([.. reply.Extents.Select(extent => extent.Extent)]);
}
