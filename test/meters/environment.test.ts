import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Environment } from '../../src/meters/environment';
import { environmentOf } from '../../src/meters/environment';
import { Machine } from '../support/machine';

const machines: readonly [name: string, expected: Environment][] = [
  ['desktop-intel', 'bare'],
  ['virtual-machine', 'virtual'],
  ['container', 'container'],
  ['wsl', 'wsl'],
];
for (const [name, expected] of machines) {
  test(`${name} is ${expected}`, () => assert.equal(environmentOf(new Machine(name).world), expected));
}

test('a cloud’s name in the firmware is a virtual machine, unless it is the cloud’s bare metal', () => {
  const machine = new Machine('desktop-intel');
  machine.set('/sys/class/dmi/id/sys_vendor', 'Amazon EC2\n');
  machine.set('/sys/class/dmi/id/product_name', 'm7g.large\n');
  assert.equal(environmentOf(machine.world), 'virtual');
  machine.set('/sys/class/dmi/id/product_name', 'm7g.metal\n');
  assert.equal(environmentOf(machine.world), 'bare');
});

test('a Kubernetes pod is a container', () => {
  const machine = new Machine('desktop-intel');
  machine.set('/proc/1/cgroup', '0::/kubepods.slice/kubepods-burstable.slice\n');
  assert.equal(environmentOf(machine.world), 'container');
});

test('other systems have no files to tell', () => {
  const machine = new Machine('desktop-intel');
  machine.platform = 'darwin';
  assert.equal(environmentOf(machine.world), 'other');
});
