namespace OrleansPool.Core.Wire;

/// <summary>How a right stands in a frame.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LeaseKeyField
{
    /// <summary>How many bytes it takes.</summary>
    public const int Length = sizeof(int) + sizeof(ulong) + 16 + sizeof(byte);

    /// <summary>Writes it.</summary>
    public static void Write(ref FieldWriter writer, in LeaseKey key)
    {
        writer.Int32(key.Head);
        writer.UInt64(key.Generation);
        writer.UInt128(key.Id.Value);
        writer.Byte((byte)key.Rights);
    }

    /// <summary>Reads it. Whether it is a right at all is for the segment to say.</summary>
    public static LeaseKey Read(ref FieldReader reader) =>
        new(reader.Int32(), reader.UInt64(), new LeaseId(reader.UInt128()), (LeaseRights)reader.Byte());
}
