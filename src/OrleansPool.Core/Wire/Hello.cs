using System.Diagnostics.CodeAnalysis;

namespace OrleansPool.Core.Wire;

/// <summary>The first frame of whoever connects: who it is, what it speaks, and whom it means.</summary>
/// <param name="Cluster">Id of the cluster that is meant. Another one refuses.</param>
/// <param name="Target">The node that is meant, in the life that is meant; zero for whichever answers.</param>
/// <param name="Sender">The sender's life: drawn at its start.</param>
/// <param name="Lane">What the connection will carry.</param>
/// <param name="Features">What the sender can do.</param>
/// <param name="Credentials">What the sender shows of itself; checked by whoever accepts. At most <see cref="CredentialBytesMax"/>.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record Hello(
    string Cluster, NodeIncarnation Target, NodeIncarnation Sender, Lane Lane, WireFeatures Features, ReadOnlyMemory<byte> Credentials)
{
    /// <summary>With what the first frame's fields begin: "OrlnPool" in ASCII. Who finds something else speaks another protocol.</summary>
    public const ulong Magic = 0x6C6F6F506E6C724F;

    /// <summary>Most bytes of a cluster's id.</summary>
    public const int ClusterBytesMax = 256;

    /// <summary>Most bytes of credentials.</summary>
    public const int CredentialBytesMax = 16 << 10;

    /// <summary>Longest frame that is taken before the handshake is done.</summary>
    public const int FrameBytesMax = FrameHeader.Size + 1024 + CredentialBytesMax;

    private const int FixedFieldsLength = sizeof(ulong) + (2 * sizeof(ushort)) + (2 * 16) + sizeof(byte) + sizeof(ulong);

    /// <summary>The oldest version that the sender speaks.</summary>
    public ushort OldestVersion { get; init; } = WireVersions.Oldest;

    /// <summary>The newest version that the sender speaks.</summary>
    public ushort NewestVersion { get; init; } = WireVersions.Newest;

    /// <summary>Writes the frame.</summary>
    public byte[] ToFrame()
    {
        Span<byte> fields = stackalloc byte[FixedFieldsLength + sizeof(ushort) + ClusterBytesMax];
        var writer = new FieldWriter(fields);
        writer.UInt64(Magic);
        writer.UInt16(OldestVersion);
        writer.UInt16(NewestVersion);
        writer.UInt128(Target.Value);
        writer.UInt128(Sender.Value);
        writer.Byte((byte)Lane);
        writer.UInt64((ulong)Features);
        writer.Text(Cluster);
        return Frames.Make(FrameType.Hello, correlation: 0, fields[..writer.Count], Credentials.Span);
    }

    /// <summary>Reads the frame's fields and payload.</summary>
    /// <returns>False for what is no greeting of this protocol.</returns>
    public static bool TryRead(ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload, [NotNullWhen(true)] out Hello? hello)
    {
        hello = null;
        var reader = new FieldReader(fields);
        if (reader.UInt64() != Magic || payload.Length > CredentialBytesMax) return false;
        ushort oldest = reader.UInt16();
        ushort newest = reader.UInt16();
        UInt128 target = reader.UInt128();
        UInt128 sender = reader.UInt128();
        byte lane = reader.Byte();
        ulong features = reader.UInt64();
        string cluster = reader.Text(ClusterBytesMax);
        if (reader.IsBroken || oldest > newest || lane > (byte)Lane.Control) return false;
        hello = new Hello(
            cluster, new NodeIncarnation(target), new NodeIncarnation(sender), (Lane)lane, (WireFeatures)features, payload.ToArray())
        {
            OldestVersion = oldest,
            NewestVersion = newest,
        };
        return true;
    }
}
