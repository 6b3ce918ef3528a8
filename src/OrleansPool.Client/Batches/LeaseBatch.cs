using System.Diagnostics;
using OrleansPool.Client.Fabric;
using OrleansPool.Client.Leases;
using OrleansPool.Client.Telemetry;
using OrleansPool.Grains;

namespace OrleansPool.Client.Batches;

/// <summary>
/// Many leases as one: the nodes are put in order once, by what all items need together; the first is asked for everything, each next
/// one for what those before it refused. What no node has in one piece is taken in parts, item by item, as a single lease is; so are
/// items that may wait or spill, whose waits count from the beginning of the batch.
/// </summary>
/// <remarks>One use. Whatever ends the batch early gives back every lease that it took.</remarks>
internal sealed class LeaseBatch(FabricContext context, IReadOnlyList<LeaseItem> items, CancellationToken cancellationToken)
{
    private readonly BatchResult<MemoryLease>[] _results = new BatchResult<MemoryLease>[items.Count];
    private readonly LeaseRequest[] _requests = new LeaseRequest[items.Count];
    private readonly long _startedAt = context.Time.GetTimestamp();
    private readonly List<(NodeId Node, LeaseReply Reply)>?[] _refusals = new List<(NodeId, LeaseReply)>?[items.Count];

    public async ValueTask<BatchResult<MemoryLease>[]> RunAsync()
    {
        using Activity? activity = PoolTelemetry.Start("lease many");
        List<int> valid = [];
        for (int i = 0; i < items.Count; i++)
        {
            try
            {
                LeaseOptions options = items[i].Options ?? LeaseOptions.Default;
                LeaseValidation.Validate(items[i].Pool, items[i].Bytes, options);
                _requests[i] = new LeaseRequest(items[i].Pool, items[i].Bytes, options.Duration, options.Owner) { Trace = PoolTelemetry.CurrentTrace };
                valid.Add(i);
            }
            catch (ArgumentException e)
            {
                _results[i] = new(e);
            }
        }

        try
        {
            foreach (IGrouping<LeaseFallback, int> group in valid.GroupBy(FallbackOf)) await TakeAsync(group.Key, [.. group]);
        }
        catch
        {
            await new ExtentBatch(context, [.. _results.Where(result => result.IsOk).Select(result => result.Value)], CancellationToken.None).ReleaseAsync();
            throw;
        }

        return _results;
    }

    private LeaseFallback FallbackOf(int item) => (items[item].Options ?? LeaseOptions.Default).Fallback;

    private async ValueTask TakeAsync(LeaseFallback fallback, List<int> wanted)
    {
        LeaseRequest together = _requests[wanted[0]] with { Bytes = (long)Math.Min(long.MaxValue, wanted.Sum(item => (decimal)_requests[item].Bytes)) };
        Exception? failure = null;
        try
        {
            foreach (NodeId node in await context.Leases.OrderAsync(together, fallback, cancellationToken))
            {
                if (wanted.Count == 0) break;
                List<int> left = [];
                Exception? silence = null;
                foreach (int[] call in wanted.Chunk(BatchBounds.CallLeaseCountMax))
                {
                    if (silence is null) silence = await AskAsync(node, call, left);
                    else left.AddRange(call);
                }

                failure = silence ?? failure;
                wanted = left;
            }
        }
        catch (PoolException e)
        {
            failure = e;
        }

        foreach (int item in wanted) await TakeAloneAsync(item, fallback, failure);
    }

    /// <summary>Asks one node for some items.</summary>
    /// <param name="node">The node.</param>
    /// <param name="call">The items.</param>
    /// <param name="left">Gets those that the node refused.</param>
    /// <returns>Why the node did not answer; null if it did.</returns>
    private async ValueTask<Exception?> AskAsync(NodeId node, int[] call, List<int> left)
    {
        long sentAt = context.Time.GetTimestamp();
        LeaseReply[] replies;
        try
        {
            replies = await context.Leases.AskAsync(node, Array.ConvertAll(call, item => _requests[item]), cancellationToken);
        }
        catch (Exception e) when (e is PoolUnavailableException or PoolDataLossException or PoolAccessDeniedException)
        {
            left.AddRange(call);
            return e;
        }

        // All that was granted has its handle before anything may end the batch.
        List<int> tooManyParts = [];
        for (int n = 0; n < call.Length; n++)
        {
            if (replies[n].Status != OperationStatus.Ok)
            {
                (_refusals[call[n]] ??= []).Add((node, replies[n]));
                left.Add(call[n]);
            }
            else if (replies[n].Extents.Length <= LeaseToken.ExtentCountMax)
            {
                Take(call[n], new TakenLease(replies[n].BlockBytes, replies[n].Extents), sentAt);
            }
            else
            {
                tooManyParts.Add(n);
            }
        }

        foreach (int n in tooManyParts) await TakeBoundedAsync(call[n], new TakenLease(replies[n].BlockBytes, replies[n].Extents), sentAt);
        return null;
    }

    /// <summary>What no node has in one piece: in parts, if the nodes have enough together; else the error says what they have.</summary>
    private async ValueTask TakeAloneAsync(int item, LeaseFallback fallback, Exception? failure)
    {
        LeaseRequest request = _requests[item];
        if (_refusals[item] is not { } refusals)
        {
            _results[item] = new(LeaseRefusals.Unreachable(request.Pool, failure));
            return;
        }

        LeaseOptions options = items[item].Options ?? LeaseOptions.Default;
        TimeSpan wait = options.WaitUpTo - context.Time.GetElapsedTime(_startedAt);
        request = request with { WaitUpTo = wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Spill = options.Spill };

        // The answers are as old as the items before this one: what those took is not free any more, and is found out by asking.
        bool comesInParts = refusals.Count > 1 && refusals.Sum(refusal => refusal.Reply.BytesFree) >= request.Bytes;
        if (!comesInParts && request.WaitUpTo == TimeSpan.Zero && request.Spill == LeaseSpill.Never)
        {
            _results[item] = new(LeaseRefusals.For(request, fallback, refusals, failure));
            return;
        }

        long sentAt = context.Time.GetTimestamp();
        try
        {
            Take(item, await context.Leases.TakeAsync(request, fallback, cancellationToken), sentAt);
        }
        catch (Exception e) when (BatchBounds.IsOfItem(e))
        {
            _results[item] = new(e);
        }
    }

    private async ValueTask TakeBoundedAsync(int item, TakenLease taken, long sentAt)
    {
        try
        {
            Take(item, await context.Leases.BoundedAsync(_requests[item], taken), sentAt);
        }
        catch (PoolException e)
        {
            _results[item] = new(e);
        }
    }

    private void Take(int item, TakenLease taken, long sentAt)
    {
        LeaseRequest request = _requests[item];
        var lease = new FabricLease(context, request.Pool, request.Bytes, taken.BlockBytes, taken.Extents, isOwned: true);
        context.Keeper.Keep(lease, sentAt);
        _results[item] = new(lease);
    }
}
