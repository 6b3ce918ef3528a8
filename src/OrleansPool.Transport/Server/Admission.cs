using OrleansPool.Core.Wire;

namespace OrleansPool.Transport.Server;

/// <summary>Whether a connection may go on after its greeting.</summary>
/// <param name="Principal">Who it is; null when it may not.</param>
/// <param name="Refusal">Why it may not.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct Admission(Principal? Principal, Refusal? Refusal)
{
    /// <summary>It may go on.</summary>
    public static Admission Of(Principal principal) => new(principal, null);

    /// <summary>It may not.</summary>
    public static Admission Refused(RefusalReason reason, string message) => new(null, new Refusal(reason, message));
}
