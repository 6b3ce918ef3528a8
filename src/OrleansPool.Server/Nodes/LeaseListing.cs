using System.Globalization;
using OrleansPool.Core.Segments;

namespace OrleansPool.Server.Nodes;

/// <summary>Finds the leases of a node that stand out: the first few of each segment, merged.</summary>
internal static class LeaseListing
{
    public static async Task<LeaseInfo[]> ReadAsync(NodeHost node, IEnumerable<NodeSegment> segments, LeaseQuery query)
    {
        query.Validate();
        List<LeaseInfo> leases = [];
        foreach (NodeSegment segment in segments)
        {
            if (segment.Segment.LeaseCount == 0) continue;
            int from = 0;
            do
            {
                OperationResult result = await segment.ExecuteAsync(Operation.ListLeases(from, query.Order, query.Count));
                leases.AddRange((result.Listed ?? []).Select(lease => Info(node, segment, lease)));
                from = (int)result.Value;
            }
            while (from != 0);

            if (leases.Count > 2 * query.Count) leases = [.. query.Merge(leases)];
        }

        return query.Merge(leases);
    }

    private static LeaseInfo Info(NodeHost node, NodeSegment segment, in ListedLease lease) => new(
        lease.Id.ToString(), segment.Pool, node.Id, node.Name, segment.Segment.Id, (long)lease.BlockCount * segment.Segment.Geometry.BlockBytes,
        lease.Owner, lease.Age, lease.ExpiresIn, lease.Region,
        lease.Trace == 0 ? null : lease.Trace.ToString("x32", CultureInfo.InvariantCulture));
}
