using System.Collections.Immutable;
using OrleansPool.Client.Routing;
using OrleansPool.Core.Placement;
using OrleansPool.Grains;

namespace OrleansPool.Client.Leases;

/// <summary>
/// Takes memory from nodes in the chooser's order: all of it from one node where one has it; else, if the options allow other
/// nodes, in parts from several. All or nothing: parts are given back when the rest is not to be had.
/// </summary>
/// <remarks>
/// Thread-safe. Never holds parts while waiting for others, so two callers cannot deadlock on a full pool.
/// Public for the other assemblies of OrleansPool only: it may change in any version.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class LeaseTaker
{
    private readonly ISegmentPath _path;
    private readonly INodeTopology _topology;

    /// <summary>Makes the taker.</summary>
    public LeaseTaker(ISegmentPath path, INodeTopology topology)
    {
        _path = path;
        _topology = topology;
    }

    /// <summary>Takes memory.</summary>
    /// <exception cref="PoolExhaustedException">There is too little free memory where the fallback allows.</exception>
    /// <exception cref="PoolQuotaExceededException">The pool may never have that much where the fallback allows.</exception>
    /// <exception cref="PoolUnavailableException">No node answers.</exception>
    /// <exception cref="ArgumentException">No node has a pool of that name.</exception>
    public async ValueTask<TakenLease> TakeAsync(LeaseRequest request, LeaseFallback fallback, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        NodeId[] nodes = await OrderAsync(request, fallback, cancellationToken);
        List<(NodeId Node, LeaseReply Reply)> refusals = [];
        Exception? failure = null;
        foreach (NodeId node in nodes)
        {
            try
            {
                LeaseReply reply = (await AskAsync(node, [request], cancellationToken))[0];
                if (reply.Status == OperationStatus.Ok) return await BoundedAsync(request, new TakenLease(reply.BlockBytes, reply.Extents));
                refusals.Add((node, reply));
            }
            catch (Exception e) when (e is PoolUnavailableException or PoolDataLossException or PoolAccessDeniedException)
            {
                failure = e;
            }
        }

        if (refusals.Count == 0) throw Unreachable(request.Pool, failure);
        if (refusals.Count > 1 && await TryTakePartsAsync(request, refusals, cancellationToken) is { } parts) return await BoundedAsync(request, parts);
        throw Refusal(request, fallback, refusals, failure);
    }

    /// <summary>Gives memory back. What cannot be given back now runs out by itself.</summary>
    public async ValueTask ReleaseAsync(IReadOnlyList<LeaseExtent> extents)
    {
        foreach (IGrouping<NodeId, LeaseExtent> group in extents.GroupBy(extent => extent.Home))
        {
            try
            {
                await _path.ReleaseAsync(group.Key, [.. group], CancellationToken.None);
            }
            catch (PoolException)
            {
                // Gone with its node, or out of reach until its duration is up: either way it does not stay taken.
            }
        }
    }

    /// <summary>Asks the node of each extent, and puts the answers in the extents' order.</summary>
    internal static async ValueTask<OpenExtent[]> ForEachNodeAsync(
        string pool, ImmutableArray<LeaseExtent> extents, Func<NodeId, LeaseExtent[], ValueTask<ExtentReply[]>> ask)
    {
        var opened = new OpenExtent[extents.Length];
        foreach (IGrouping<NodeId, int> group in Enumerable.Range(0, extents.Length).GroupBy(i => extents[i].Home))
        {
            int[] indices = [.. group];
            ExtentReply[] replies = await ask(group.Key, Array.ConvertAll(indices, i => extents[i]));
            for (int i = 0; i < indices.Length; i++)
            {
                PoolErrors.ThrowIfNotOk(replies[i].Status, pool, group.Key, extents[indices[i]].Key);
                opened[indices[i]] = replies[i].Extent!;
            }
        }

        return opened;
    }

    /// <summary>Asks a node. A caller who stops waiting does not stop the node: what it then grants goes back.</summary>
    internal async ValueTask<LeaseReply[]> AskAsync(NodeId node, LeaseRequest[] requests, CancellationToken cancellationToken)
    {
        Task<LeaseReply[]> call = _path.LeaseAsync(node, requests, CancellationToken.None).AsTask();
        try
        {
            return await call.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = GiveBackAsync(call);
            throw;
        }
    }

    private async Task GiveBackAsync(Task<LeaseReply[]> call)
    {
        try
        {
            await ReleaseAsync([.. (await call).SelectMany(reply => reply.Extents).Select(extent => extent.Extent)]);
        }
        catch (Exception)
        {
            // Nothing was granted, or the node is out of reach: then it runs out.
        }
    }

    /// <summary>Gives back what has more parts than a token can name.</summary>
    internal async ValueTask<TakenLease> BoundedAsync(LeaseRequest request, TakenLease taken)
    {
        if (taken.Extents.Length <= LeaseToken.ExtentCountMax) return taken;
        await ReleaseAsync([.. taken.Extents.Select(extent => extent.Extent)]);
        throw new PoolQuotaExceededException(
            $"The {request.Bytes} bytes asked for come in {taken.Extents.Length} parts, and a lease has at most {LeaseToken.ExtentCountMax}. Ask for less at once.",
            request.Pool, request.Bytes, request.Bytes / taken.Extents.Length * LeaseToken.ExtentCountMax);
    }

    internal static PoolUnavailableException Unreachable(string pool, Exception? cause) => new(
        $"Nodes that may have room in pool '{pool}' do not answer. Check that silos with AddOrleansPool are running, and try again.",
        PoolErrors.RetryAfter, pool, innerException: cause);

    internal static Exception Refusal(
        LeaseRequest request, LeaseFallback fallback, List<(NodeId Node, LeaseReply Reply)> refusals, Exception? failure)
    {
        if (refusals.TrueForAll(refusal => refusal.Reply.Status == OperationStatus.NoPool))
        {
            return new ArgumentException($"No node has a pool named '{request.Pool}'. Declare it with AddOrleansPool(o => o.Pool(\"{request.Pool}\", ...)).");
        }

        if (failure is not null && refusals.TrueForAll(refusal => refusal.Reply.Status == OperationStatus.QuotaExceeded)) return Unreachable(request.Pool, failure);
        long free = refusals.Sum(refusal => refusal.Reply.BytesFree);
        long max = refusals.Sum(refusal => refusal.Reply.BytesMax);
        if (request.Bytes > max)
        {
            return new PoolQuotaExceededException(
                $"Pool '{request.Pool}' can have at most {max} bytes where this request may go, and {request.Bytes} were asked for. Ask for less, or give the pool more.",
                request.Pool, request.Bytes, max);
        }

        (NodeId largest, LeaseReply largestReply) = refusals.MaxBy(refusal => refusal.Reply.BytesFree);
        string advice = fallback == LeaseFallback.LocalNodeOnly
            ? "Allow other nodes (LeaseFallback.OtherNodes), free leases, or give the pool more memory."
            : "Free leases, wait for some to run out, or give the pool more memory.";
        return new PoolExhaustedException(
            $"Pool '{request.Pool}' has {free} bytes free on {refusals.Count} node(s), at most {largestReply.BytesFree} of them on one ({largest}), and {request.Bytes} were asked for. {advice}",
            request.Pool, request.Bytes, free, largest.ToString(), largestReply.BytesFree);
    }

    internal async ValueTask<NodeId[]> OrderAsync(LeaseRequest request, LeaseFallback fallback, CancellationToken cancellationToken)
    {
        NodeId? local = _topology.LocalNode;
        if (fallback == LeaseFallback.LocalNodeOnly && local is { } only) return [only];
        NodeLoad[] loads = await LoadsAsync(request.Pool, cancellationToken);
        int[] order = new int[loads.Length];
        int localIndex = local is { } node ? Array.FindIndex(loads, load => load.Node == node) : -1;
        int count = NodeChooser.Order(loads, localIndex, request.Bytes, (ulong)Random.Shared.NextInt64(), order, _topology.LocalWatermark);
        if (fallback == LeaseFallback.LocalNodeOnly) count = Math.Min(count, 1);
        return [.. order.Take(count).Select(i => loads[i].Node)];
    }

    private async ValueTask<NodeLoad[]> LoadsAsync(string pool, CancellationToken cancellationToken)
    {
        try
        {
            return [.. await _topology.GetLoadsAsync(cancellationToken)];
        }
        catch (Exception e) when (NodeCall.IsNoAnswer(e))
        {
            throw Unreachable(pool, e);
        }
    }

    /// <summary>Takes what each node has, the emptiest first, until it is enough.</summary>
    private async ValueTask<TakenLease?> TryTakePartsAsync(
        LeaseRequest request, List<(NodeId Node, LeaseReply Reply)> refusals, CancellationToken cancellationToken)
    {
        if (refusals.Sum(refusal => refusal.Reply.BytesFree) < request.Bytes) return null;
        List<OpenExtent> taken = [];
        long missing = request.Bytes;
        int blockBytes = 0;
        bool isWhole = false;
        try
        {
            foreach ((NodeId node, LeaseReply refusal) in refusals.OrderByDescending(refusal => refusal.Reply.BytesFree))
            {
                long part = Math.Min(missing, refusal.BytesFree);
                if (part <= 0 || (blockBytes != 0 && refusal.BlockBytes != blockBytes)) continue;
                LeaseReply reply = (await AskAsync(node, [request with { Bytes = part }], cancellationToken))[0];
                if (reply.Status != OperationStatus.Ok) continue;
                blockBytes = reply.BlockBytes;
                taken.AddRange(reply.Extents);
                missing -= part;
                isWhole = missing <= 0;
                if (isWhole) return new TakenLease(blockBytes, [.. taken]);
            }
        }
        catch (PoolException)
        {
            // The parts go back below, and the caller hears of the refusals.
        }
        finally
        {
            if (!isWhole) await ReleaseAsync([.. taken.Select(extent => extent.Extent)]);
        }

        return null;
    }
}
