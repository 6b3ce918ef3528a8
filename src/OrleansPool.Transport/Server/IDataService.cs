using OrleansPool.Core.Wire;
using OrleansPool.Grains;

namespace OrleansPool.Transport.Server;

/// <summary>The node behind a listener. It decides on every request by the right that the request carries.</summary>
/// <remarks>Thread-safe. None of its methods blocks.
/// Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IDataService
{
    /// <summary>The cluster that it is a node of.</summary>
    string Cluster { get; }

    /// <summary>The node, in this life.</summary>
    NodeIncarnation Node { get; }

    /// <summary>Whether the sender of a greeting may come in, as far as its credentials tell.</summary>
    /// <param name="hello">The greeting, whose cluster and target are those of this node.</param>
    /// <param name="remoteName">The other end, for logs.</param>
    ValueTask<Admission> AdmitAsync(Hello hello, string remoteName);

    /// <summary>Reads bytes of a block, if that is possible at once.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="read">What.</param>
    /// <param name="destination">As long as the read's count. To be cleared unless the status is Ok.</param>
    /// <param name="reply">The answer.</param>
    /// <returns>False when the answer takes more than a look: see <see cref="ReadAsync"/>.</returns>
    bool TryRead(Principal caller, in BlockRead read, Span<byte> destination, out BlockReadReply reply);

    /// <summary>Reads bytes of a block where <see cref="TryRead"/> cannot.</summary>
    ValueTask<BlockReadReply> ReadAsync(Principal caller, BlockRead read, Memory<byte> destination);

    /// <summary>Changes a block.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="write">What to do.</param>
    /// <param name="bytes">The bytes of a write: the service's until the task is done.</param>
    ValueTask<BlockWriteReply> WriteAsync(Principal caller, in BlockWrite write, ReadOnlyMemory<byte> bytes);

    /// <summary>Changes several blocks, in order; see <see cref="INodePoolGrain.WriteAsync"/>.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="writes">What to do.</param>
    /// <param name="bytes">The bytes of all writes of bytes: the service's until the task is done.</param>
    /// <param name="replies">Gets an answer for each.</param>
    ValueTask WriteAsync(Principal caller, ReadOnlyMemory<BlockWrite> writes, ReadOnlyMemory<byte> bytes, Memory<BlockWriteReply> replies);
}
