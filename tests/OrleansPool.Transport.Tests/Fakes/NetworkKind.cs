namespace OrleansPool.Transport.Tests.Fakes;

/// <summary>What carries the bytes.</summary>
public enum NetworkKind
{
    Twin,
    Sockets,
}
