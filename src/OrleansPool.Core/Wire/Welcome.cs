using System.Diagnostics.CodeAnalysis;

namespace OrleansPool.Core.Wire;

/// <summary>The answer to <see cref="Hello"/>: what holds on this connection from now on.</summary>
/// <param name="Version">The version that both speak.</param>
/// <param name="Node">The node that answers, in this life.</param>
/// <param name="Features">What both can do.</param>
/// <param name="FrameBytesMax">Longest frame that the sender takes.</param>
/// <param name="OutstandingMax">Most requests that may be unanswered at a time.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record Welcome(ushort Version, NodeIncarnation Node, WireFeatures Features, int FrameBytesMax, int OutstandingMax)
{
    private const int FieldsLength = sizeof(ushort) + 16 + sizeof(ulong) + (2 * sizeof(int));

    /// <summary>Writes the frame.</summary>
    public byte[] ToFrame()
    {
        Span<byte> fields = stackalloc byte[FieldsLength];
        var writer = new FieldWriter(fields);
        writer.UInt16(Version);
        writer.UInt128(Node.Value);
        writer.UInt64((ulong)Features);
        writer.Int32(FrameBytesMax);
        writer.Int32(OutstandingMax);
        return Frames.Make(FrameType.Welcome, correlation: 0, fields, payload: default);
    }

    /// <summary>Reads the frame's fields.</summary>
    /// <returns>False for what makes no sense.</returns>
    public static bool TryRead(ReadOnlySpan<byte> fields, [NotNullWhen(true)] out Welcome? welcome)
    {
        var reader = new FieldReader(fields);
        welcome = new Welcome(
            reader.UInt16(), new NodeIncarnation(reader.UInt128()), (WireFeatures)reader.UInt64(), reader.Int32(), reader.Int32());
        bool isSound = !reader.IsBroken && welcome.Version is >= WireVersions.Oldest and <= WireVersions.Newest
            && welcome.FrameBytesMax is >= FrameHeader.Size and <= FrameHeader.FrameBytesMax && welcome.OutstandingMax > 0;
        if (!isSound) welcome = null;
        return isSound;
    }
}
