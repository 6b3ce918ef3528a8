using OrleansPool.Client.Fabric;
using OrleansPool.Client.Ranges;
using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Batches;

/// <summary>
/// Many writes as one: cut at blocks, gathered by node, each node's in its own line of calls, all lines at once.
/// </summary>
/// <remarks>
/// <para>Order: a line carries its writes out one after the other, so writes of one range that go to one node are in order by
/// themselves. A range whose next write goes to another node has to wait until the first line has ended: the batch is carried out
/// in rounds, in each of which a range has either one write or writes to one node. Most batches are one round.</para>
/// <para>What the memory's owner refuses because its region has changed is carried out once more with the new page table: only the
/// parts that were refused, so nothing is written twice.</para>
/// <para>One use.</para>
/// </remarks>
internal sealed class WriteBatch(FabricContext context, IReadOnlyList<WriteItem> items, CancellationToken cancellationToken)
{
    private readonly BatchOutcome[] _outcomes = new BatchOutcome[items.Count];
    private readonly ulong[] _fences = new ulong[items.Count];
    private readonly Lock _lock = new();
    private List<BatchPart>? _refused = [];

    public async ValueTask<BatchOutcome[]> RunAsync()
    {
        List<BatchPart> parts = [];
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i].Range is not IBatchRange range || range.Context != context) await WriteForeignAsync(i);
            else if (TryMap(i, range) is { } map) Plan(i, map, parts.Count == 0 ? await WriteAtHandAsync(i, map) : 0, parts);
        }

        await RunRoundsAsync(parts);
        if (_refused is { Count: > 0 } refused)
        {
            _refused = null;
            await RunRoundsAsync(await PlanAgainAsync(refused));
        }

        return _outcomes;
    }

    /// <summary>The bytes of a part.</summary>
    public ReadOnlyMemory<byte> BytesOf(in BatchPart part) => items[part.Item].Source.Slice(part.Start, part.Slice.Count);

    /// <summary>The fence of the lock that a part is written under; zero for none.</summary>
    public ulong FenceOf(in BatchPart part) => _fences[part.Item];

    public string PoolOf(in BatchPart part) => items[part.Item].Range.Pool;

    /// <summary>A part was not done; the item's first error stays.</summary>
    public void Fail(in BatchPart part, Exception error)
    {
        lock (_lock)
        {
            if (_outcomes[part.Item].IsOk) _outcomes[part.Item] = new(error);
            if (BatchBounds.IsRefusal(error)) _refused?.Add(part);
        }
    }

    /// <summary>The map that an item is written by, or null where the item is refused at once.</summary>
    private ExtentMap? TryMap(int item, IBatchRange range)
    {
        try
        {
            WriteItem write = items[item];
            ExtentMap map = range.MapFor(isWrite: true);
            _fences[item] = range.NumberOf(write.Fence);
            RangeBounds.ThrowUnlessInside(write.Offset, write.Source.Length, map.Length);
            return map;
        }
        catch (Exception e) when (BatchBounds.IsOfItem(e))
        {
            _outcomes[item] = new(e);
            return null;
        }
    }

    /// <summary>
    /// Writes what is in this process, as long as nothing that comes before waits to be sent: a batch that is all at hand is never cut
    /// and gathered.
    /// </summary>
    /// <returns>How many of the item's bytes are written; the rest is elsewhere, or was refused and has to be told why.</returns>
    private async ValueTask<int> WriteAtHandAsync(int item, ExtentMap map)
    {
        ReadOnlyMemory<byte> source = items[item].Source;
        int done = 0;
        while (done < source.Length)
        {
            BlockSlice slice = map.Locate(items[item].Offset + done, source.Length - done);
            if (slice.Block < 0 || map.LocalOf(slice.Extent) is not { } local) break;
            var part = new BatchPart(item, done, map, slice);
            if ((await local.WriteAsync(WriteLine.WriteOf(part, RequestId.None, _fences[item]), BytesOf(part))).Status != OperationStatus.Ok) break;
            done += slice.Count;
        }

        return done;
    }

    private void Plan(int item, ExtentMap map, int start, List<BatchPart> parts)
    {
        WriteItem write = items[item];
        if (BatchPart.Cut(item, start, map, write.Offset + start, write.Source.Length - start, parts) is { } lost)
        {
            _outcomes[item] = new(PoolErrors.Lost(write.Range.Pool, lost.Home, lost.Key.Id));
        }
    }

    /// <summary>Finds the refused parts in the maps as they are now.</summary>
    private async ValueTask<List<BatchPart>> PlanAgainAsync(List<BatchPart> refused)
    {
        List<BatchPart> parts = [];
        Dictionary<MemoryRange, ExtentMap?> fresh = [];
        HashSet<int> cleared = [];
        foreach (BatchPart part in refused.OrderBy(part => part.Item).ThenBy(part => part.Start))
        {
            MemoryRange range = items[part.Item].Range;
            try
            {
                if (!fresh.TryGetValue(range, out ExtentMap? map))
                {
                    map = await ((IBatchRange)range).TryRefreshAsync(part.Map, cancellationToken);
                    fresh.Add(range, map);
                }

                if (map is null) continue;
                long offset = items[part.Item].Offset + part.Start;
                RangeBounds.ThrowUnlessInside(offset, part.Slice.Count, map.Length);
                if (cleared.Add(part.Item) && BatchBounds.IsRefusal(_outcomes[part.Item].Error!)) _outcomes[part.Item] = default;
                if (BatchPart.Cut(part.Item, part.Start, map, offset, part.Slice.Count, parts) is { } lost)
                {
                    Fail(part, PoolErrors.Lost(range.Pool, lost.Home, lost.Key.Id));
                }
            }
            catch (Exception e) when (BatchBounds.IsOfItem(e))
            {
                _outcomes[part.Item] = new(e);
            }
        }

        return parts;
    }

    /// <summary>A range that is not of this fabric writes for itself.</summary>
    private async ValueTask WriteForeignAsync(int item)
    {
        try
        {
            MemoryRange range = items[item].Range ?? throw BatchBounds.Nothing(item, nameof(items));
            WriteItem write = items[item];
            if (write.Fence == default) await range.WriteAsync(write.Offset, write.Source, cancellationToken);
            else if (range is MemoryRegion region) await region.WriteAsync(write.Offset, write.Source, write.Fence, cancellationToken);
            else throw new ArgumentException($"Item {item} carries the fence of a region's lock, and is no region's.", nameof(item));
        }
        catch (Exception e) when (BatchBounds.IsOfItem(e))
        {
            _outcomes[item] = new(e);
        }
    }

    private async ValueTask RunRoundsAsync(List<BatchPart> parts)
    {
        while (parts.Count > 0)
        {
            if (BatchPart.HomeOfAll(parts) is { } home)
            {
                await new WriteLine(context, this, home, cancellationToken).RunAsync(parts);
                return;
            }

            List<BatchPart> later = [];
            List<BatchPart> now = TakeRound(parts, later);
            await Task.WhenAll(now.GroupBy(part => part.Extent.Home).Select(
                line => new WriteLine(context, this, line.Key, cancellationToken).RunAsync([.. line])));
            parts = later;
        }
    }

    /// <summary>The parts that may go at once, in order; the rest waits.</summary>
    private List<BatchPart> TakeRound(List<BatchPart> parts, List<BatchPart> later)
    {
        List<BatchPart> now = [];
        Dictionary<MemoryRange, NodeId?> homes = [];
        HashSet<MemoryRange> waiting = [];
        for (int from = 0, to; from < parts.Count; from = to)
        {
            NodeId? home = parts[from].Extent.Home;
            for (to = from; to < parts.Count && parts[to].Item == parts[from].Item; to++)
            {
                if (parts[to].Extent.Home != home) home = null;
            }

            MemoryRange range = items[parts[from].Item].Range;
            bool mayGo = !waiting.Contains(range) && (homes.TryAdd(range, home) || (home is not null && homes[range] == home));
            if (!mayGo) waiting.Add(range);
            (mayGo ? now : later).AddRange(parts[from..to]);
        }

        return now;
    }
}
