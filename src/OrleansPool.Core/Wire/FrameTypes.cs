namespace OrleansPool.Core.Wire;

/// <summary>What a receiver does with a frame of some type before it looks into it.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FrameTypes
{
    /// <summary>Where the messages between nodes begin. Every type from here on has a <see cref="MessageEnvelope"/>.</summary>
    public const FrameType FirstMessage = FrameType.Heartbeat;

    /// <summary>Whether this version knows the type.</summary>
    public static bool IsKnown(FrameType type) => type != FrameType.None && Enum.IsDefined(type);

    /// <summary>Whether frames of the type are messages between nodes. Also true of those that only a later version knows.</summary>
    public static bool IsMessage(FrameType type) => type >= FirstMessage;

    /// <summary>Whether the frame is to be passed over in silence: it is of a later version, whose sender can do without an answer.</summary>
    /// <returns>False for a frame that is known, and for one that must be answered with <see cref="RefusalReason.UnknownType"/>.</returns>
    public static bool CanBeLeftOut(in FrameHeader header) => !IsKnown(header.Type) && (header.Options & FrameOptions.Skippable) != 0;
}
