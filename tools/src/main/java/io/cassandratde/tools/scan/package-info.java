/**
 * What protects each file of a node's directories or of a backup, told from the files' structure
 * without any key. {@link io.cassandratde.tools.scan.NodeScan} walks; {@link
 * io.cassandratde.tools.scan.SSTableFiles} and {@link io.cassandratde.tools.scan.OtherFiles} look;
 * {@link io.cassandratde.tools.scan.Summary} judges.
 */
@NullMarked
package io.cassandratde.tools.scan;

import org.jspecify.annotations.NullMarked;
