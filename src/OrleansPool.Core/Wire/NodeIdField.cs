namespace OrleansPool.Core.Wire;

/// <summary>How a node stands in a frame: its life, and its address as Orleans writes it; an empty address for no node.</summary>
internal static class NodeIdField
{
    /// <summary>Least bytes that it takes.</summary>
    public const int LengthMin = 16 + sizeof(ushort);

    /// <summary>Most bytes that it takes.</summary>
    public const int LengthMax = LengthMin + AddressBytesMax;

    /// <summary>Most bytes of an address: an IPv6 address with its zone, a port, and a generation, take 75.</summary>
    public const int AddressBytesMax = 96;

    public static void Write(ref FieldWriter writer, NodeId node)
    {
        writer.UInt128(node.Incarnation.Value);
        writer.Text(node.Silo?.ToParsableString() ?? "");
    }

    public static NodeId Read(ref FieldReader reader)
    {
        var incarnation = new NodeIncarnation(reader.UInt128());
        int count = reader.UInt16();
        if (count > AddressBytesMax) reader.Break();
        ReadOnlySpan<byte> address = reader.Raw(count);
        if (address.IsEmpty) return new NodeId(null!, incarnation);
        if (SiloAddress.TryParse(address, out SiloAddress? silo)) return new NodeId(silo, incarnation);
        reader.Break();
        return default;
    }
}
