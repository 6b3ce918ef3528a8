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
    private static readonly TimeSpan PartsPollInterval = TimeSpan.FromMilliseconds(10);

    private readonly ISegmentPath _path;
    private readonly INodeTopology _topology;
    private readonly TimeProvider _time;
    private readonly LeaseWait _wait;

    /// <summary>Makes the taker.</summary>
    public LeaseTaker(ISegmentPath path, INodeTopology topology, TimeProvider time)
    {
        _path = path;
        _topology = topology;
        _time = time;
        _wait = new LeaseWait(path, time, ReleaseAsync);
    }

    /// <summary>Takes memory, in the order that <see cref="LeaseOptions"/> states.</summary>
    /// <exception cref="PoolExhaustedException">There is too little free memory where the request allows.</exception>
    /// <exception cref="PoolQuotaExceededException">The pool may never have that much where the request allows, or a quota is used up.</exception>
    /// <exception cref="PoolUnavailableException">No node answers.</exception>
    /// <exception cref="ArgumentException">No node has a pool of that name, or the pool does not allow the duration.</exception>
    public async ValueTask<TakenLease> TakeAsync(LeaseRequest request, LeaseFallback fallback, CancellationToken cancellationToken)
    {
        (TakenLease? taken, Exception? refusal) = await TryAsync(request, fallback, cancellationToken);
        return taken ?? throw refusal!;
    }

    /// <summary>Takes memory as <see cref="TakeAsync"/> does. A refusal is a value, so that a thousand at one deadline are thrown once each.</summary>
    internal async ValueTask<(TakenLease? Taken, Exception? Refusal)> TryAsync(
        LeaseRequest request, LeaseFallback fallback, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        long startedAt = _time.GetTimestamp();
        NodeId[] nodes = await OrderAsync(request, fallback, cancellationToken);
        var refusals = new List<(NodeId Node, LeaseReply Reply)>();

        // One node and nothing to try before waiting: one call does both, and the queue is entered in the order of the calls.
        bool waitsAtOnce = nodes.Length == 1 && request.WaitUpTo > TimeSpan.Zero && request.Spill != LeaseSpill.BeforeWait;
        TakenLease? taken = waitsAtOnce ? null : await TryTakeAsync(request with { Spill = LeaseSpill.Never }, nodes, refusals, cancellationToken);
        if (taken is null && request.Spill == LeaseSpill.BeforeWait) taken = await TryTakeAsync(request, nodes, refusals, cancellationToken);
        if (taken is null && request.WaitUpTo > TimeSpan.Zero)
        {
            taken = await TryWaitAsync(request, waitsAtOnce ? nodes[0] : null, startedAt, refusals, cancellationToken);
        }

        if (taken is null && request.Spill != LeaseSpill.Never) taken = await TryTakeAsync(request, nodes, refusals, cancellationToken);
        return taken is null ? (null, LeaseRefusals.For(request, fallback, refusals)) : (await BoundedAsync(request, taken), null);
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
            throw LeaseRefusals.Unreachable(pool, e);
        }
    }

    /// <summary>Asks one node after the other without waiting; then, where several refused, for parts.</summary>
    /// <returns>Null if none has it; then <paramref name="refusals"/> says why.</returns>
    private async ValueTask<TakenLease?> TryTakeAsync(
        LeaseRequest request, NodeId[] nodes, List<(NodeId Node, LeaseReply Reply)> refusals, CancellationToken cancellationToken)
    {
        refusals.Clear();
        Exception? failure = null;
        LeaseRequest now = request with { WaitUpTo = TimeSpan.Zero };
        foreach (NodeId node in nodes)
        {
            try
            {
                LeaseReply reply = (await AskAsync(node, [now], cancellationToken))[0];
                if (reply.Status == OperationStatus.Ok) return new TakenLease(reply.BlockBytes, reply.Extents);
                refusals.Add((node, reply));
            }
            catch (Exception e) when (e is PoolUnavailableException or PoolDataLossException or PoolAccessDeniedException)
            {
                failure = e;
            }
        }

        if (refusals.Count == 0 || (failure is not null && LeaseRefusals.IsBeyond(request, refusals))) throw LeaseRefusals.Unreachable(request.Pool, failure);
        return refusals.Count > 1 ? await TryTakePartsAsync(now, refusals, cancellationToken) : null;
    }

    /// <summary>
    /// Waits in the queue of the first node that may ever have the memory. More than any one node may have cannot stand in one
    /// queue: such a request looks again and again until its deadline, and holds nothing in between.
    /// </summary>
    private async ValueTask<TakenLease?> TryWaitAsync(
        LeaseRequest request, NodeId? only, long startedAt, List<(NodeId Node, LeaseReply Reply)> refusals, CancellationToken cancellationToken)
    {
        NodeId? first = only;
        foreach ((NodeId node, LeaseReply refusal) in refusals)
        {
            if (refusal.Status == OperationStatus.Exhausted && refusal.BytesMax >= request.Bytes) first ??= node;
        }

        if (first is { } queue)
        {
            LeaseReply? reply = await WaitAsync(queue, request, startedAt, cancellationToken);
            if (reply is { Status: OperationStatus.Ok }) return new TakenLease(reply.BlockBytes, reply.Extents);
            if (reply is not null)
            {
                refusals.RemoveAll(refusal => refusal.Node == queue);
                refusals.Insert(0, (queue, reply));
            }

            return null;
        }

        NodeId[] nodes = [.. refusals.Where(refusal => refusal.Reply.Status is OperationStatus.Exhausted or OperationStatus.QuotaExceeded)
            .Select(refusal => refusal.Node)];
        if (nodes.Length < 2 || refusals.Sum(refusal => refusal.Reply.BytesMax) < request.Bytes) return null;
        while (request.WaitUpTo - _time.GetElapsedTime(startedAt) is var left && left > TimeSpan.Zero)
        {
            TimeSpan pause = PartsPollInterval * (0.5 + Random.Shared.NextDouble());
            await Task.Delay(left < pause ? left : pause, _time, cancellationToken);
            if (_time.GetElapsedTime(startedAt) > request.WaitUpTo) return null;
            if (await TryTakeAsync(request with { Spill = LeaseSpill.Never }, nodes, refusals, cancellationToken) is { } taken) return taken;
        }

        return null;
    }

    private async ValueTask<LeaseReply?> WaitAsync(NodeId node, LeaseRequest request, long startedAt, CancellationToken cancellationToken)
    {
        try
        {
            return await _wait.RunAsync(node, request, startedAt, cancellationToken);
        }
        catch (Exception e) when (e is PoolDataLossException or PoolAccessDeniedException)
        {
            // The node whose queue it was is gone, and the place with it.
            throw LeaseRefusals.Unreachable(request.Pool, e);
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
