using OrleansPool.Simulation.Witness;

namespace OrleansPool.Simulation.Tests.Witness;

/// <summary>One block of the made-up memory, with the version before.</summary>
internal sealed class RunBlock(ulong segment, int index)
{
    public const int ByteCount = 32;

    public ulong Segment => segment;

    public int Index => index;

    public ulong Generation { get; set; } = 1;

    public byte[] Bytes { get; private set; } = new byte[ByteCount];

    public Viewstamp Version { get; private set; }

    public byte[] BytesBefore { get; private set; } = new byte[ByteCount];

    public Viewstamp VersionBefore { get; private set; }

    public void Change(int offset, ReadOnlySpan<byte> bytes, Viewstamp version)
    {
        (BytesBefore, VersionBefore) = (Bytes, Version);
        Bytes = [.. Bytes];
        bytes.CopyTo(Bytes.AsSpan(offset));
        Version = version;
    }
}
