using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Locks;

/// <summary>
/// Asks for locks of one region: again and again under one id, which keeps the place in the order, until the lock is held or the
/// deadline has come. A caller that stops waiting gives its place back.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class LockTaker(IRegionLockGrain grain, TimeProvider time)
{
    /// <summary>How long an answer may take that needs no waiting for others.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long one call may take, which the grain answers within 3 s. A call to a silo that dies is otherwise given up only after
    /// Orleans' own 30 s; to ask again under the same id is harmless.
    /// </summary>
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(5);

    private static readonly PoolUnavailableException NotNow =
        new("The lock's grain is moving, or an owner of the memory does not answer.", PoolErrors.RetryAfter);

    private static readonly TimeSpan BackOffFirst = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromMilliseconds(500);

    /// <summary>Takes a lock.</summary>
    /// <returns>The lock, or null if others held it until the deadline.</returns>
    public async ValueTask<RegionLock?> TakeAsync(
        PageTable table, LockRange[] ranges, LockMode mode, LockOptions options, CancellationToken cancellationToken)
    {
        int slots = mode == LockMode.Exclusive ? 1 : options.Slots ?? LockOptions.SlotsMax;
        var request = new LockRequest(table.Id, Guid.NewGuid(), mode, slots, ranges, options.Duration, options.WaitUpTo, options.Owner);
        (LockReply reply, long sentAt) = await AskOrAbandonAsync(request, cancellationToken);
        return reply.Status switch
        {
            LockStatus.Held => new FabricRegionLock(grain, time, table, request, reply.Fence, sentAt),
            LockStatus.TimedOut => null,
            LockStatus.NoRegion => throw PoolErrors.NoRegion(table.Name),
            LockStatus.OutOfBounds => throw new ArgumentOutOfRangeException(
                nameof(ranges), ranges[^1], $"The bytes do not lie inside region '{table.Name}' any more: it was made shorter."),
            LockStatus.SlotsDiffer => throw new ArgumentException(
                $"Others share these bytes of region '{table.Name}' with {reply.Slots} slots, and this lock names {slots}: all who share bytes name the same number.", nameof(options)),
            _ => throw new PoolUnavailableException(
                $"Region '{table.Name}' has as many locks, waiting callers or locked parts as it may have. Release some, or lock larger ranges at once.",
                PoolErrors.RetryAfter, table.Pool),
        };
    }

    private async ValueTask<(LockReply Reply, long SentAt)> AskOrAbandonAsync(LockRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(request, cancellationToken);
        }
        catch
        {
            Abandon(request);
            throw;
        }
    }

    /// <summary>Asks until there is an answer that ends the asking.</summary>
    /// <returns>The answer, and when the call that brought it was sent.</returns>
    private async ValueTask<(LockReply Reply, long SentAt)> AskAsync(LockRequest request, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        TimeSpan backOff = BackOffFirst;
        Exception? failure = null;

        // Who would not wait for others still waits for the answer.
        TimeSpan limit = request.Wait == TimeSpan.Zero ? Patience : request.Wait;
        for (TimeSpan waited = TimeSpan.Zero; waited < limit; waited = time.GetElapsedTime(started))
        {
            cancellationToken.ThrowIfCancellationRequested();
            long sentAt = time.GetTimestamp();
            LockRequest rest = request.Wait == TimeSpan.Zero ? request : request with { Wait = limit - waited };
            TimeSpan callMax = limit - waited < CallMax ? limit - waited : CallMax;
            try
            {
                LockReply reply = await grain.AskAsync(rest).WaitAsync(callMax, time, cancellationToken);
                failure = reply.Status == LockStatus.AskAgain ? NotNow : null;
                bool isLate = request.Wait != TimeSpan.Zero && time.GetElapsedTime(started) >= limit;
                if (reply.Status is not (LockStatus.Waiting or LockStatus.AskAgain) && !isLate) return (reply, sentAt);
                if (reply.Status == LockStatus.Waiting) continue;
            }
            catch (Exception e) when (IsPassing(e))
            {
                // A call that the caller's own deadline cut short says nothing about the grain.
                failure = e is TimeoutException && callMax < CallMax && request.Wait > TimeSpan.Zero ? null : e;
            }

            TimeSpan left = limit - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) break;
            await Task.Delay(backOff < left ? backOff : left, time, cancellationToken);
            backOff = TimeSpan.FromTicks(Math.Min(backOff.Ticks * 2, BackOffMax.Ticks));
        }

        if (failure is not null)
        {
            throw new PoolUnavailableException(
                $"The locks of the region could not be asked for within {limit}. Nothing is held; try again in {PoolErrors.RetryAfter.TotalSeconds:0.#} s.",
                PoolErrors.RetryAfter, innerException: failure);
        }

        Abandon(request);
        return (new LockReply(LockStatus.TimedOut), started);
    }

    /// <summary>
    /// Whether asking again may help: nobody answered, or the grain could not begin because its storage did not. What is the caller's
    /// own doing is told at once.
    /// </summary>
    private static bool IsPassing(Exception e) =>
        e is PoolUnavailableException or not (PoolException or ArgumentException or OperationCanceledException);

    /// <summary>Gives back a place, or a lock that came too late. If nobody hears, it is forgotten or runs out by itself.</summary>
    private void Abandon(LockRequest request) => grain.ReleaseAsync(request.Id).Ignore();
}
