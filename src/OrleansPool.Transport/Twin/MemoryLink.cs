namespace OrleansPool.Transport.Twin;

/// <summary>One connection in memory: both of its directions.</summary>
/// <remarks>Thread-safe. Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class MemoryLink
{
    internal MemoryLink(string name, int bufferBytes)
    {
        Name = name;
        ToNode = new MemoryPipe(bufferBytes);
        ToClient = new MemoryPipe(bufferBytes);
    }

    /// <summary>What both ends call each other in logs.</summary>
    public string Name { get; }

    /// <summary>From whoever connected to whoever accepted.</summary>
    public MemoryPipe ToNode { get; }

    /// <summary>From whoever accepted to whoever connected.</summary>
    public MemoryPipe ToClient { get; }

    /// <summary>Ends both directions.</summary>
    public void Cut()
    {
        ToNode.End();
        ToClient.End();
    }
}
