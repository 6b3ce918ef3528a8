using OrleansPool.Core.Replication;
using OrleansPool.Core.Wire;

namespace OrleansPool.Simulation.Exploration;

/// <summary>What is in a parcel, for whoever reads a counter-example.</summary>
internal static class ParcelText
{
    public static string Of(object content) => content switch
    {
        Replicate sent => $"Replicate epoch {sent.Epoch} [{string.Join(" ", sent.Entries.Select(entry => entry.Sequence))}] committed {sent.CommittedSequence}",
        ReplicateAck ack => $"ReplicateAck epoch {ack.Epoch} up to {ack.LastSequence}",
        Seal seal => $"Seal epoch {seal.Epoch}",
        SealReply reply => $"SealReply epoch {reply.Epoch}, stream to {reply.LastSequence}, committed {reply.CommittedSequence}",
        RowNotice notice => $"RowNotice {Of(notice.Row)}",
        SegmentMessage message => $"{message.GetType().Name} epoch {message.Epoch}",
        StoreRequest { Content: null } request => $"a reading of {NameOf(request.Document)}",
        StoreRequest { Content: PoolMapRoot root } => $"a write of the root, version {root.Version}, {root.Expelled.Length} expelled",
        StoreRequest { Content: PoolMapShard shard } => $"a write of the shard, version {shard.Version}: {string.Join("; ", shard.Rows.Select(Of))}",
        StoreReply reply => $"the store's reply about {NameOf(reply.Document)}: {reply.Outcome}",
        MembershipView view => $"membership view {view.Version}",
        Timer => "its timer",
        ClientWrite write => $"the client's write {write.Number}",
        _ => content.GetType().Name,
    };

    private static string NameOf(int document) => document == StoreRequest.Root ? "the root" : "the shard";

    private static string Of(SegmentRow row) =>
        $"epoch {row.Epoch} {row.State} primary {PlaceOf(row.Primary)} in sync [{string.Join(" ", row.InSync.Select(PlaceOf))}]{(row.Joiner == default ? "" : $" joiner {PlaceOf(row.Joiner)}")}";

    private static string PlaceOf(NodeId node) => node.Silo is null ? "-" : $"{node.Silo.Endpoint.Port - Opening.FirstPort}";
}
