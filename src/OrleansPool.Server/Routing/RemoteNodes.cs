using Microsoft.Extensions.Options;
using OrleansPool.Client.Data;
using OrleansPool.Client.Routing;
using OrleansPool.Client.Telemetry;
using OrleansPool.Grains;
using OrleansPool.Server.Hosting;

namespace OrleansPool.Server.Routing;

/// <summary>Data calls to other nodes: by their data ports, or by grain calls to their data lanes; control calls by way of <see cref="Control"/>.</summary>
internal sealed class RemoteNodes(
    IGrainFactory grains, INodeTopology topology, DataCalls data, TimeProvider time, IOptions<OrleansPoolOptions> options)
{
    private readonly NodeCall _call = new(topology, time, options.Value.CallPatience);

    /// <summary>Control calls to other nodes.</summary>
    public GrainPath Control { get; } = new(grains, topology, time, options.Value.CallPatience);

    public ValueTask<ReadReply> ReadAsync(NodeId home, BlockRead[] reads, CancellationToken cancellationToken) =>
        _call.RunAsync(
            home,
            async _ => await data.ReadAsync(home, reads, cancellationToken)
                ?? await NodeKey.Data(grains, home.Silo, reads[0].Segment).ReadAsync(home.Incarnation, reads),
            cancellationToken);

    public ValueTask<BlockWriteReply[]> WriteAsync(
        NodeId home, BlockWrite[] writes, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _call.RunToldAsync(
            PoolOperation.Write, writes.Length, bytes.Length, home,
            async tries =>
            {
                BlockWriteReply[] replies = await data.WriteAsync(home, writes, bytes, cancellationToken)
                    ?? await NodeKey.Data(grains, home.Silo, writes[0].Segment).WriteAsync(home.Incarnation, writes, bytes);
                PoolErrors.ThrowIfForgotten(replies, writes, tries);
                return replies;
            },
            cancellationToken,
            failure => PoolErrors.Unanswered(writes[0], failure));
}
