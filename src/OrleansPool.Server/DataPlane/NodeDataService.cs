using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Server.Nodes;
using OrleansPool.Transport.Server;

namespace OrleansPool.Server.DataPlane;

/// <summary>
/// This node behind its data port. It translates; whether a request is allowed is decided where its lease is: by the right that the
/// request carries, in the segment, as for a request that comes by a grain call.
/// </summary>
internal sealed class NodeDataService(NodeHost node, IDataAdmission admission, IOptions<ClusterOptions> cluster) : IDataService
{
    public string Cluster => cluster.Value.ClusterId;

    public NodeIncarnation Node => node.Id.Incarnation;

    public ValueTask<Admission> AdmitAsync(Hello hello, string remoteName) => admission.AdmitAsync(hello, remoteName);

    public bool TryRead(Principal caller, in BlockRead read, Span<byte> destination, out BlockReadReply reply) =>
        node.TryRead(read, destination, out reply);

    public async ValueTask<BlockReadReply> ReadAsync(Principal caller, BlockRead read, Memory<byte> destination)
    {
        ReadReply reply = await node.ReadAsync([read]);
        reply.Bytes.CopyTo(destination);
        return reply.Blocks[0];
    }

    public ValueTask<BlockWriteReply> WriteAsync(Principal caller, in BlockWrite write, ReadOnlyMemory<byte> bytes) => node.WriteAsync(write, bytes);

    public ValueTask WriteAsync(Principal caller, ReadOnlyMemory<BlockWrite> writes, ReadOnlyMemory<byte> bytes, Memory<BlockWriteReply> replies) =>
        node.WriteAsync(writes, bytes, replies);
}
