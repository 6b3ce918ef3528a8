using OrleansPool.Grains;

namespace OrleansPool.Client.Routing;

/// <summary>A segment whose bytes are in this process. Thread-safe.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ILocalSegment
{
    /// <summary>Reads bytes of a block; see <see cref="MemoryRange.TryRead"/>.</summary>
    bool TryRead(int block, ulong generation, int offset, Span<byte> destination);

    /// <summary>Changes a block. Completes at once unless another thread is at work on the segment.</summary>
    ValueTask<BlockWriteReply> WriteAsync(in BlockWrite write, ReadOnlyMemory<byte> bytes);
}
