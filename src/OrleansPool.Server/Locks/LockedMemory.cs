using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Server.Locks;

/// <summary>
/// The memory of one region, as its lock grain knows it: a copy of the page table, looked at again when an owner refuses it or a
/// request does not fit it.
/// </summary>
/// <remarks>
/// An old copy is harmless: extents come and go only at the region's end, so one that is still alive is where the copy says, and one
/// that is not refuses the fence.
/// </remarks>
internal sealed class LockedMemory(ISegmentPath path, IRegionGrain region) : ILockedMemory
{
    private const int TryCountMax = 3;

    private PageTable? _table;
    private Task<PageTable?>? _opening;

    public async ValueTask<LockStatus> CheckAsync(LockRequest request)
    {
        LockStatus status = Check(_table, request);
        if (status != LockStatus.Held && _opening is { } opening) status = Check(await opening, request);

        // What another caller's look found may be from before this one's region was made or grew.
        if (status != LockStatus.Held) status = Check(await OpenAsync(), request);
        return status;
    }

    public async ValueTask<(LockStatus Status, ulong Newest)> FenceAsync(LockRequest request, ulong fence, ulong[] earlier, ulong[] living)
    {
        for (int tries = 0; tries < TryCountMax; tries++)
        {
            if (_table?.Id != request.Region) await OpenAsync();
            if (_table is not { } table || table.Id != request.Region) return (LockStatus.NoRegion, 0);
            List<BlockFence> plan = FencePlan.Of(table, request.Ranges, fence, earlier);
            BlockFenceReply[] replies = await SendAsync(plan);
            ulong newest = replies.Length == 0 ? 0 : replies.Max(reply => reply.Newest);
            if (Array.Exists(replies, reply => reply.Status == OperationStatus.LockFenced)) return (LockStatus.NotHeld, newest);
            BlockFence[] full = [.. plan.Where((_, i) => replies[i].Status == OperationStatus.TooManyFences)];
            if (full.Length > 0)
            {
                if (tries > 0) return (LockStatus.Full, 0);
                await SendAsync([.. full.DistinctBy(part => part.Extent).Select(part => part with { Offset = 0, Count = 0, Earlier = living })]);
            }
            else if (Array.TrueForAll(replies, reply => reply.Status is OperationStatus.Ok or OperationStatus.Lost))
            {
                return (LockStatus.Held, newest);
            }
            else
            {
                _table = null;
            }
        }

        return (LockStatus.AskAgain, 0);
    }

    private async Task<PageTable?> OpenAsync()
    {
        Task<PageTable?> opening = _opening = region.OpenAsync();
        try
        {
            return _table = await opening;
        }
        finally
        {
            if (_opening == opening) _opening = null;
        }
    }

    private static LockStatus Check(PageTable? table, LockRequest request)
    {
        if (table is null || table.Id != request.Region) return LockStatus.NoRegion;
        return request.Ranges[^1].End <= table.Length ? LockStatus.Held : LockStatus.OutOfBounds;
    }

    /// <summary>Asks all owners at once. Where one is gone with its memory there is nothing to fence.</summary>
    private async ValueTask<BlockFenceReply[]> SendAsync(List<BlockFence> plan)
    {
        var replies = new BlockFenceReply[plan.Count];
        await Task.WhenAll(Enumerable.Range(0, plan.Count).GroupBy(i => plan[i].Extent.Home)
            .SelectMany(group => group.Chunk(INodePoolGrain.CallFenceCountMax).Select(chunk => AskAsync(group.Key, chunk))));
        return replies;

        async Task AskAsync(NodeId home, int[] indices)
        {
            try
            {
                BlockFenceReply[] answers = await path.FenceAsync(home, Array.ConvertAll(indices, i => plan[i]), CancellationToken.None);
                for (int i = 0; i < indices.Length; i++) replies[indices[i]] = answers[i];
            }
            catch (Exception e) when (e is PoolDataLossException or PoolAccessDeniedException)
            {
                foreach (int i in indices) replies[i] = new BlockFenceReply(OperationStatus.Lost, 0);
            }
        }
    }
}
