using OrleansPool.Core.Wire;

namespace OrleansPool.Benchmarks.Fuzz;

/// <summary>
/// Reads one input as a receiver would, frame after frame, out of memory whose surroundings are filled with a canary. What is read must
/// not depend on the canary, and the canary must not change.
/// </summary>
internal sealed class FuzzReading(byte canary)
{
    private const int GuardBytes = 64;

    private byte[] _room = [];

    /// <summary>How each header was read.</summary>
    public List<FrameStatus> Statuses { get; } = [];

    /// <summary>The headers that were sound and whose frames were whole.</summary>
    public List<FrameHeader> Headers { get; } = [];

    /// <summary>What the frames said, written again; null for those that were refused.</summary>
    public List<byte[]?> Written { get; } = [];

    /// <summary>What their decoders allocated.</summary>
    public List<long> Allocated { get; } = [];

    /// <summary>Whether a message was accepted that a node must not rely on.</summary>
    public bool HasUnsound { get; private set; }

    /// <summary>Whether the surroundings are as they were.</summary>
    public bool IsGuarded(int length) =>
        !_room.AsSpan(0, GuardBytes).ContainsAnyExcept(canary) && !_room.AsSpan(GuardBytes + length, GuardBytes).ContainsAnyExcept(canary);

    public void Read(ReadOnlySpan<byte> input)
    {
        Statuses.Clear();
        Headers.Clear();
        Written.Clear();
        Allocated.Clear();
        HasUnsound = false;
        ReadOnlyMemory<byte> rest = Place(input);
        while (rest.Length > 0)
        {
            FrameStatus status = FrameHeader.TryRead(rest.Span, FrameHeader.FrameBytesMax, out FrameHeader header);
            Statuses.Add(status);
            if (status != FrameStatus.Ok || header.Length > rest.Length) return;
            long before = GC.GetAllocatedBytesForCurrentThread();
            FrameValue? value = FrameReading.Read(header, rest[..header.Length]);
            Allocated.Add(GC.GetAllocatedBytesForCurrentThread() - before);
            Headers.Add(header);
            HasUnsound |= value is { Items: [Message message] } && !MessageClaims.Hold(message, value.Envelope.Segment);
            Written.Add(value is null ? null : FrameWriting.Write(value));
            rest = rest[header.Length..];
        }
    }

    private ReadOnlyMemory<byte> Place(ReadOnlySpan<byte> input)
    {
        int length = input.Length + (2 * GuardBytes);
        if (_room.Length < length) _room = new byte[Math.Max(length, 2 * _room.Length)];
        _room.AsSpan(0, GuardBytes).Fill(canary);
        input.CopyTo(_room.AsSpan(GuardBytes));
        _room.AsSpan(GuardBytes + input.Length, GuardBytes).Fill(canary);
        return _room.AsMemory(GuardBytes, input.Length);
    }
}
