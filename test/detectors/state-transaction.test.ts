import { ExternalStorage, type StorageDriver } from '@temporalio/common';
