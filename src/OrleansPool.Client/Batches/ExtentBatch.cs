using OrleansPool.Client.Fabric;
using OrleansPool.Client.Leases;
using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Batches;

/// <summary>
/// One thing done to many leases: their extents are gathered by node and sent in calls of bounded size, different nodes at once. The
/// first extent that is refused decides the outcome of its lease.
/// </summary>
/// <remarks>One use.</remarks>
internal sealed class ExtentBatch(FabricContext context, IReadOnlyList<MemoryLease> leases, CancellationToken cancellationToken)
{
    private readonly BatchOutcome[] _outcomes = new BatchOutcome[leases.Count];
    private readonly Lock _lock = new();

    public async ValueTask<BatchOutcome[]> RenewAsync()
    {
        List<(int Item, LeaseExtent Extent)> extents = [];
        for (int i = 0; i < leases.Count; i++)
        {
            try
            {
                MemoryLease lease = LeaseAt(i);
                if (lease is FabricLease own && own.IsOf(context)) extents.AddRange(own.RenewableExtents().Select(extent => (i, extent)));
                else await lease.RenewAsync(cancellationToken);
            }
            catch (Exception e) when (BatchBounds.IsOfItem(e))
            {
                _outcomes[i] = new(e);
            }
        }

        await SendAsync(extents, context.Path.RenewAsync);
        return _outcomes;
    }

    public async ValueTask<BatchOutcome[]> ReleaseAsync()
    {
        List<(int Item, LeaseExtent Extent)> extents = [];
        for (int i = 0; i < leases.Count; i++)
        {
            try
            {
                MemoryLease lease = LeaseAt(i);
                if (lease is not FabricLease own || !own.IsOf(context)) await lease.DisposeAsync();
                else if (own.TryEnd(out Exception? loss)) extents.AddRange(own.Extents.Select(extent => (i, extent)));
                else if (loss is not null) _outcomes[i] = new(loss);
            }
            catch (Exception e) when (BatchBounds.IsOfItem(e))
            {
                _outcomes[i] = new(e);
            }
        }

        await SendAsync(extents, context.Path.ReleaseAsync);
        return _outcomes;
    }

    private MemoryLease LeaseAt(int item) => leases[item] ?? throw BatchBounds.Nothing(item, nameof(leases));

    private Task SendAsync(
        List<(int Item, LeaseExtent Extent)> extents, Func<NodeId, LeaseExtent[], CancellationToken, ValueTask<OperationStatus[]>> send) =>
        extents.Count == 0
            ? Task.CompletedTask
            : Task.WhenAll(extents.GroupBy(extent => extent.Extent.Home).Select(line => SendLineAsync(line.Key, [.. line], send)));

    private async Task SendLineAsync(
        NodeId home, (int Item, LeaseExtent Extent)[] line, Func<NodeId, LeaseExtent[], CancellationToken, ValueTask<OperationStatus[]>> send)
    {
        foreach ((int Item, LeaseExtent Extent)[] call in line.Chunk(BatchBounds.CallLeaseCountMax))
        {
            try
            {
                OperationStatus[] statuses = await send(home, Array.ConvertAll(call, part => part.Extent), cancellationToken);
                for (int i = 0; i < call.Length; i++)
                {
                    if (statuses[i] != OperationStatus.Ok) Fail(call[i].Item, ErrorOf(call[i], statuses[i]));
                }
            }
            catch (Exception e) when (BatchBounds.IsOfItem(e))
            {
                foreach ((int Item, LeaseExtent Extent) part in call)
                {
                    Fail(part.Item, e is PoolDataLossException ? ErrorOf(part, OperationStatus.Lost) : e);
                }
            }
        }
    }

    private Exception ErrorOf(in (int Item, LeaseExtent Extent) part, OperationStatus status) =>
        PoolErrors.For(status, leases[part.Item].Pool, part.Extent.Home, part.Extent.Key);

    private void Fail(int item, Exception error)
    {
        lock (_lock)
        {
            if (_outcomes[item].IsOk) _outcomes[item] = new(error);
        }
    }
}
