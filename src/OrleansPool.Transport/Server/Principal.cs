namespace OrleansPool.Transport.Server;

/// <summary>Who is at the other end of a connection, as its handshake has shown. What it may do is decided with each request.</summary>
/// <param name="Name">For logs and reports.</param>
/// <param name="Incarnation">The other end's life.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record Principal(string Name, NodeIncarnation Incarnation);
