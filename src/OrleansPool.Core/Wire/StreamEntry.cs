using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Core.Wire;

/// <summary>One operation of a segment's stream, with its resulting bytes and result, exactly as its primary logged it.</summary>
internal readonly record struct StreamEntry(
    ulong Sequence, ulong Epoch, RequestId Request, long Value, int Block, int Offset, OperationKind Kind, OperationStatus Status,
    ReadOnlyMemory<byte> Bytes);
