namespace OrleansPool.Core.Wire;

/// <summary>
/// How several requests stand in one frame. The only field is how many there are; the payload begins with their fields, one after the
/// other as they would stand in frames of their own, and goes on with their bytes. The same for the answers.
/// </summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class BatchFrame
{
    /// <summary>Length of the fields.</summary>
    public const int FieldsLength = sizeof(int);

    /// <summary>Most requests of one frame.</summary>
    public const int CountMax = 1024;

    /// <summary>How many requests a frame says it has.</summary>
    /// <param name="fields">The frame's fields.</param>
    /// <param name="payloadLength">The length of its payload, which must have room for them.</param>
    /// <param name="itemLength">What one of them takes at least.</param>
    /// <param name="count">How many.</param>
    /// <returns>False when it cannot be so.</returns>
    public static bool TryReadCount(ReadOnlySpan<byte> fields, int payloadLength, int itemLength, out int count)
    {
        var reader = new FieldReader(fields);
        count = reader.Int32();
        return !reader.IsBroken && (uint)count <= CountMax && (long)count * itemLength <= payloadLength;
    }
}
