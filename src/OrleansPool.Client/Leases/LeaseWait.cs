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
    private static readonly TimeSpan AnswerMargin = TimeSpan.FromMilliseconds(12);

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
            try
            {
                await AnswerAsync(call, request, startedAt, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                Abandon(node, request.Pool, ticket, call);
                throw;
            }

            if (!call.IsCompleted)
            {
                Abandon(node, request.Pool, ticket, call);
                return null;
            }

            LeaseReply reply = (await call)[0];
            if (reply.Status == OperationStatus.Waiting) continue;
            if (reply.Status != OperationStatus.Ok || time.GetElapsedTime(startedAt) <= request.WaitUpTo) return reply;
            await GiveBackAsync(reply);
            return null;
        }
    }

    /// <summary>
    /// Waits for the answer, or until the deadline has passed. Timers run on a coarse clock and may fire some milliseconds early,
    /// so an alarm ends the wait only if the exact clock agrees.
    /// </summary>
    private async ValueTask AnswerAsync(Task<LeaseReply[]> call, LeaseRequest request, long startedAt, CancellationToken cancellationToken)
    {
        while (!call.IsCompleted && request.WaitUpTo - time.GetElapsedTime(startedAt) is var left && left > TimeSpan.Zero)
        {
            await ((Task)call).WaitAsync(left + AnswerMargin, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            cancellationToken.ThrowIfCancellationRequested();
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
