namespace OrleansPool.Core.Wire;

/// <summary>How several nodes stand in a frame: after their number, which takes 32 bits.</summary>
internal static class NodesField
{
    public static int LengthMaxOf(NodeId[] nodes) => sizeof(int) + (nodes.Length * NodeIdField.LengthMax);

    public static void Write(ref FieldWriter writer, NodeId[] nodes)
    {
        writer.Int32(nodes.Length);
        foreach (NodeId node in nodes) NodeIdField.Write(ref writer, node);
    }

    /// <summary>Reads them. Each must be a node.</summary>
    public static NodeId[] Read(ref FieldReader reader, int countMax)
    {
        int count = reader.Count(countMax, NodeIdField.LengthMin);
        if (count == 0) return [];
        var nodes = new NodeId[count];
        for (int i = 0; i < count && !reader.IsBroken; i++)
        {
            nodes[i] = NodeIdField.Read(ref reader);
            if (nodes[i].Silo is null) reader.Break();
        }

        return nodes;
    }
}
