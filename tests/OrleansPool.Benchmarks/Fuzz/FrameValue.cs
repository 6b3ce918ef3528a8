using OrleansPool.Core.Wire;

namespace OrleansPool.Benchmarks.Fuzz;

/// <summary>What a frame says, whatever its type is.</summary>
/// <param name="Type">The type.</param>
/// <param name="Correlation">Which request it is, or answers.</param>
/// <param name="Epoch">The epoch that its sender knows.</param>
/// <param name="Envelope">Whom a message between nodes is from, and whom it means.</param>
/// <param name="Items">The message, the greeting, the refusal, or the requests or answers, one or many.</param>
/// <param name="Bytes">The bytes that follow requests or answers.</param>
internal sealed record FrameValue(
    FrameType Type, ulong Correlation, ulong Epoch, MessageEnvelope Envelope, object[] Items, ReadOnlyMemory<byte> Bytes);
