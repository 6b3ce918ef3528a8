using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace OrleansPool.Core.Segments;

/// <summary>
/// A segment found its own state broken. Its node must stop serving it: nothing that it says can be trusted. Never raised by bad
/// input.
/// </summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class SegmentFaultException : Exception
{
    /// <summary>Makes the fault.</summary>
    /// <param name="invariant">What should have held.</param>
    public SegmentFaultException(string invariant)
        : base($"A segment's state is broken: it does not hold that {invariant}. The node must stop serving this segment.")
    {
    }

    /// <summary>Makes the fault of something that should never have been thrown.</summary>
    /// <param name="cause">What was thrown.</param>
    internal SegmentFaultException(Exception cause)
        : base($"A segment's state is broken: {cause.Message} The node must stop serving this segment.", cause)
    {
    }

    internal static void ThrowUnless([DoesNotReturnIf(false)] bool holds, string invariant)
    {
        if (!holds) Throw(invariant);
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw(string invariant) => throw new SegmentFaultException(invariant);
}
