using System.Diagnostics.CodeAnalysis;
using OrleansPool.Core.Replication;

namespace OrleansPool.Core.Wire;

/// <summary>Reads what follows the header of a message. Fields and payload are apart, so that a later version may append to either.</summary>
internal ref struct MessageReader(ulong epoch, ReadOnlySpan<byte> fields, ReadOnlyMemory<byte> payload)
{
    private readonly ReadOnlyMemory<byte> _payload = payload;

    /// <summary>The fields.</summary>
    public FieldReader Fields = new(fields);

    /// <summary>What follows them.</summary>
    public FieldReader Payload = new(payload.Span);

    /// <summary>The epoch that the header carries.</summary>
    public readonly ulong Epoch = epoch;

    /// <summary>The segment that the envelope names.</summary>
    public SegmentId Segment { get; private set; }

    /// <summary>Whether something was read that was not there, or makes no sense.</summary>
    public readonly bool IsBroken => Fields.IsBroken || Payload.IsBroken;

    /// <summary>Reads the first fields.</summary>
    public MessageEnvelope Envelope()
    {
        MessageEnvelope envelope = MessageEnvelope.Read(ref Fields);
        Segment = envelope.Segment;
        return envelope;
    }

    /// <summary>The next bytes of the payload, which stay where they are.</summary>
    public ReadOnlyMemory<byte> Bytes(int count, int countMax)
    {
        int at = _payload.Length - Payload.Rest.Length;
        if ((uint)count > (uint)countMax) Payload.Break();
        Payload.Raw(count);
        return Payload.IsBroken ? default : _payload.Slice(at, count);
    }

    /// <summary>A row that must be there, and be about the segment that the envelope names.</summary>
    /// <returns>False when it is not; the reader is broken then.</returns>
    public bool TryRow([NotNullWhen(true)] out SegmentRow? row)
    {
        row = RowField.Read(ref Payload);
        if (row?.Segment == Segment) return true;
        row = null;
        Payload.Break();
        return false;
    }
}
