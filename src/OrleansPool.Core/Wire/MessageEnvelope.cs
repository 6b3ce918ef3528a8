namespace OrleansPool.Core.Wire;

/// <summary>
/// The fields with which every message between nodes begins: enough to drop it, or to hand it to its segment, without knowing its type.
/// </summary>
/// <param name="Segment">Which segment it is about; default for none.</param>
/// <param name="Sender">The life of the node that sent it.</param>
/// <param name="Target">The life of the node that is meant. Any other drops it.</param>
/// <remarks>
/// The handshake names both lives too, but only of a connection. What waits for a connection outlives it, and goes out on the next one,
/// which may lead to a later life of the same address: so each message says for itself whom it means.
/// Public for the other assemblies of OrleansPool only: it may change in any version.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct MessageEnvelope(SegmentId Segment, NodeIncarnation Sender, NodeIncarnation Target)
{
    /// <summary>How many bytes it takes.</summary>
    public const int Length = sizeof(ulong) + (2 * 16);

    /// <summary>Writes it.</summary>
    public void Write(ref FieldWriter writer)
    {
        writer.UInt64(Segment.Value);
        writer.UInt128(Sender.Value);
        writer.UInt128(Target.Value);
    }

    /// <summary>Reads it.</summary>
    public static MessageEnvelope Read(ref FieldReader reader) =>
        new(new SegmentId(reader.UInt64()), new NodeIncarnation(reader.UInt128()), new NodeIncarnation(reader.UInt128()));
}
