using Xunit;

namespace ChatOpsBot.Acceptance.Tests.Lab;

/// <summary>Tests that change the lab's hosts take turns.</summary>
[CollectionDefinition("lab")]
public sealed class LabTurns;
